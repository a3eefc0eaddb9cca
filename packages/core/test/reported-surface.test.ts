/** Every name of the surface is in its report. What the report says of each is compared with the build, in `npm test`. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as core from "../src/index.ts";
import * as testing from "../src/testing.ts";

test("docs/api/core.md is as new as the surface: npm run api writes it", () => {
  const report = readFileSync(new URL("../../../docs/api/core.md", import.meta.url), "utf8");
  const declared = [...report.matchAll(/^declare (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
  expect(Object.keys({ ...core, ...testing }).filter((name) => !declared.includes(name))).toEqual([]);
});
