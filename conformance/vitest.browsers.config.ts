import { defineConfig } from "vitest/config";

/** The browser scenarios: real engines, real pages, real time. One file per scenario. */
export default defineConfig({
  test: {
    include: ["src/scenarios{,-pages}/**/*.scenario.ts"],
    globalSetup: ["src/scenarios/report/write-report.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // Mostly waiting, for leases and timeouts: three files at a time keep two cores busy.
    maxWorkers: 3,
    reporters: ["default", ["junit", { outputFile: "reports/browsers.xml" }]],
  },
});
