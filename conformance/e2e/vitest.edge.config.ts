import { defineConfig } from "vitest/config";

/** The scenarios of edge platforms: real workerd and edge-runtime, real time. */
export default defineConfig({
  test: {
    include: ["edge/**/*.scenario.ts"],
    globalSetup: ["edge/figures.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ["default", ["junit", { outputFile: "reports/edge.xml" }]],
  },
});
