import { defineConfig } from "vitest/config";

/** Every test runner in a process of its own, two at a time. */
export default defineConfig({
  test: {
    include: ["*.scenario.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    maxConcurrency: 2,
    reporters: ["default", ["junit", { outputFile: "reports/test-environments.xml" }]],
  },
});
