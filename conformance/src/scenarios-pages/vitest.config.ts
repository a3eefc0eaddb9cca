import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Pages in real engines: page views, the script tag, React. From `conformance`: `vitest run --config <this file>`. */
export default defineConfig({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  test: {
    include: ["src/scenarios-pages/**/*.scenario.ts"],
    // Timing is never judged here: generous, so that a busy machine fails nothing.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ["default", ["junit", { outputFile: "reports/pages.xml" }]],
  },
});
