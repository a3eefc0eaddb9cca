/** The size budget: what every visitor of every customer downloads. */
import { expect, test } from "vitest";
import { bundleSize } from "./bundle-size.ts";

/**
 * Bytes, minified and gzipped, for an app that calls `createWhisperr`. The goals are 11,500 and 10,900: these keep it from growing
 * until then.
 */
const LIMITS = [
  ["production", 15_900],
  ["development", 16_350],
] as const;

test.each(LIMITS)("an app with the %s build pays %i bytes at most", async (mode, limitBytes) => {
  const [built, source] = await Promise.all([bundleSize("built", mode), bundleSize("source", mode)]);
  const table = source.modules.map(([file, bytes]) => `${String(bytes).padStart(6)}  ${file}`).join("\n");
  console.log(
    `${mode}: ${built.gzipBytes} bytes gzipped, ${built.minifiedBytes} minified, of which\n${table}`,
  );
  expect(source.gzipBytes).toBeGreaterThan(1000);
  expect(built.gzipBytes).toBeLessThanOrEqual(limitBytes);
});

test("the production build is the smaller one, and the one that bundlers take by themselves", async () => {
  const [production, development] = await Promise.all([
    bundleSize("built", "production"),
    bundleSize("built", "development"),
  ]);
  expect(production.gzipBytes).toBeLessThan(development.gzipBytes - 300);
});
