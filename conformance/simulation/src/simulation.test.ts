/** Some worlds of each kind, those that failed once, and that each is the same every time. More of them: `many-worlds.test.ts`. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { readRegression, regressionFiles } from "./regressions.ts";
import { drawScript, KINDS, type Script, simulate } from "./script.ts";
import { failureOf } from "./shrink.ts";
import { expectWorldsToPass } from "./worlds-pass.ts";

describe("whatever happens, nothing is lost, doubled or out of order", () => {
  test.each(KINDS)("worlds of %s", (kind) => expectWorldsToPass(kind, 1, 25));
});

describe("worlds that failed once", () => {
  test.each(regressionFiles().map((file) => [basename(file), readRegression(file)] as const))(
    "%s",
    async (_name, { known, script }) => {
      const failure = await failureOf(script);
      if (known === undefined) expect(failure).toBeUndefined();
      else expect(failure, "it passes now: take its `known` out").toBeDefined();
    },
  );
});

/** Of every line of what happens. */
async function traceOf(script: Script): Promise<{ readonly hash: string; readonly lines: number }> {
  const hash = createHash("sha256");
  let lines = 0;
  await simulate(script, (line) => {
    hash.update(`${line}\n`);
    lines++;
  });
  return { hash: hash.digest("hex"), lines };
}

test.each(KINDS)("the same seed is the same world of %s, byte for byte", async (kind) => {
  for (const seed of [1, 2, 3]) {
    const first = await traceOf(drawScript(seed, kind));
    expect(first.lines).toBeGreaterThan(20);
    expect(await traceOf(drawScript(seed, kind))).toEqual(first);
    const other = await traceOf(drawScript(seed + 10, kind));
    expect(other.hash).not.toBe(first.hash);
  }
});
