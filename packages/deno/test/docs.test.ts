/** What the README names must exist; its examples are checked by Deno itself, in the conformance workspace. */
import { readFileSync } from "node:fs";
import { resolveOptions } from "@whisperr/core";
import { describe, expect, it } from "vitest";

const read = (relative: string) => readFileSync(new URL(`../${relative}`, import.meta.url), "utf8");
const readme = read("README.md");

describe("the option table", () => {
  const rows = new Map(
    [...readme.matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/[`"_]/g, "").trim(),
    ]),
  );

  it("gives the defaults that hold", () => {
    const { backoff, ...defaults } = resolveOptions({ apiKey: "wrk_test" }, { maxQueueSize: 10_000 });
    expect(rows.get("backoff")).toBe(`{ baseMs: ${backoff.baseMs}, maxMs: ${backoff.maxMs} }`);
    for (const [name, value] of Object.entries(defaults)) {
      if (name !== "apiKey") expect(rows.get(name), name).toBe(String(value));
    }
  });
});

it("stays short", () => {
  expect(readme.replace(/^<!-- .* -->\n/gm, "").split("\n").length).toBeLessThanOrEqual(130);
});
