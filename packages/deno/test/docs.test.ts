/** What the README names must exist; its examples are checked by Deno itself, in the conformance workspace. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultsIn, reasonsIn, resolvedDefaults, serverReasons } from "../../core/test/documents.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("gives the defaults that hold in its table of options", () => {
  expect(defaultsIn(readme)).toMatchObject(resolvedDefaults({ maxQueueSize: 10_000 }));
});

it("gives every reason for which operations may be dropped", () => {
  expect(reasonsIn(readme)).toEqual(serverReasons());
});

it("names documents that JSR gets too, the changelog of a release among them", () => {
  const { publish } = JSON.parse(readFileSync(new URL("../deno.json", import.meta.url), "utf8")) as {
    publish: { include: string[] };
  };
  expect(readme).toContain("the changelog in this package");
  expect(publish.include).toContain("CHANGELOG.md");
});

it("stays short", () => {
  expect(readme.replace(/^<!-- .* -->\n/gm, "").split("\n").length).toBeLessThanOrEqual(130);
});
