import { defineConfig } from "vitest/config";

/** Real builds of a real site, and real signals. */
export default defineConfig({
  test: {
    include: ["src/**/*.scenario.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ["default", ["junit", { outputFile: "reports/next.xml" }]],
  },
});
