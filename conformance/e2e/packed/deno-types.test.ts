/** The declarations of @whisperr/deno as it is built, as the compiler of an app from npm sees them, which knows no Deno. */
import { describe, expect, test } from "vitest";
import { COMPILE_LIMIT_MS, compile } from "./compile-app.ts";
import { DENO_APP, DENO_MISTAKES } from "./deno-app.ts";

describe("a strict app", { timeout: COMPILE_LIMIT_MS }, () => {
  test.each(["nodenext", "bundler"] as const)("compiles, as %s", async (moduleResolution) => {
    expect(await compile({ sdk: "deno", source: DENO_APP, moduleResolution })).toBe("");
  });

  test("is told of its mistakes", async () => {
    const errors = await compile({ sdk: "deno", source: DENO_MISTAKES });
    expect(errors.match(/TS\d+/g)).toEqual(["TS2345", "TS2561"]);
  });
});
