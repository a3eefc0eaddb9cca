import { defineConfig } from "vitest/config";

/** The scenarios of Deno and Bun: real processes, real time. One file per scenario. */
export default defineConfig({
  test: {
    include: ["runtimes/**/*.scenario.ts"],
    // Except where a scenario is about time, it is never judged: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ["default", ["junit", { outputFile: "reports/runtimes.xml" }]],
  },
});
