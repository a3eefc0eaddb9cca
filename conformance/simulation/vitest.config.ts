import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Timing is never judged here: generous, so that a busy machine fails nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ["src/**/*.test.ts"],
    reporters: ["default", ["junit", { outputFile: "reports/junit.xml" }]],
  },
});
