import { defineConfig } from "vitest/config";

/** An app per framework: real processes, real requests, real signals. */
export default defineConfig({
  test: {
    include: ["*.scenario.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ["default", ["junit", { outputFile: "reports/frameworks.xml" }]],
  },
});
