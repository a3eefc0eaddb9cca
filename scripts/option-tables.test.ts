import { expect, test } from "vitest";
import { readmes } from "./option-tables.ts";

test("the tables of options say what the declarations say (npm run docs)", () => {
  const all = readmes();
  expect(all).toHaveLength(6);
  for (const { file, text, expected } of all) expect(text, file).toBe(expected);
});
