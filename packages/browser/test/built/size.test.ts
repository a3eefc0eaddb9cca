/** The size budget: what every visitor of every customer downloads. */
import { expect, test } from "vitest";
import { bundleSize } from "./bundle-size.ts";

/** Bytes, minified and gzipped, for an app that calls `createWhisperr`. The goal is 4,500: this keeps it from growing until then. */
const LIMIT_BYTES = 16_950;

test(`an app that uses the SDK pays ${LIMIT_BYTES} bytes at most`, async () => {
  const [built, source] = await Promise.all([bundleSize("built"), bundleSize("source")]);
  const table = source.modules.map(([file, bytes]) => `${String(bytes).padStart(6)}  ${file}`).join("\n");
  console.log(`${built.gzipBytes} bytes gzipped, ${built.minifiedBytes} minified, of which\n${table}`);
  expect(source.gzipBytes).toBeGreaterThan(1000);
  expect(built.gzipBytes).toBeLessThanOrEqual(LIMIT_BYTES);
});
