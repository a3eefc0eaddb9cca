/** No program of the repository is left out of `npm run typecheck`. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Apps are checked by their framework's own build; `conformance/types` is refused on purpose, message by message. */
const BY_OTHERS = /^conformance\/(e2e\/pages|frameworks\/apps|types)\//;

test("tsconfig.json lists every program", () => {
  const { references } = JSON.parse(readFileSync("tsconfig.json", "utf8").replace(/^\/\/.*$/gm, "")) as {
    references: { path: string }[];
  };
  const listed = references.map(({ path }) => (path.endsWith(".json") ? path : `${path}/tsconfig.json`));
  const programs = globSync("*/**/tsconfig*.json", {
    exclude: (name) => /^(node_modules|dist|reports|\..*)$/.test(name),
  });
  expect(listed.toSorted()).toEqual(programs.filter((file) => !BY_OTHERS.test(file)).toSorted());
});
