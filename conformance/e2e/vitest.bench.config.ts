import { defineConfig } from "vitest/config";

/** What the SDKs cost in browsers and on edge platforms: alone on the machine, one after the other. Not part of the tests. */
export default defineConfig({
  test: {
    include: ["bench/**/*.bench.ts"],
    globalSetup: ["bench/figures.ts"],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    isolate: false,
    environment: "./browsers/shared-browsers.ts",
    teardownTimeout: 60_000,
  },
});
