import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Core from its sources, as the page's own: what is tested is what is written, built or not.
  resolve: { alias: { "@whisperr/core": fileURLToPath(new URL("../core/src/index.ts", import.meta.url)) } },
  define: { VERSION: JSON.stringify("0.0.0") },
  test: {
    // Timing is never judged here: generous, so that a busy machine fails nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", ["junit", { outputFile: "reports/junit.xml" }]],
  },
});
