import { defineConfig } from "@playwright/test";
import { chromiumPath } from "@whisperr/conformance-browsers";

const chromium = chromiumPath();

/** With Playwright's own `mount()`, which opens the gallery and asks it for a story. */
export default defineConfig({
  testMatch: chromium === undefined ? "no-chromium.ts" : "*.test.ts",
  outputDir: "../reports/playwright",
  // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  fullyParallel: true,
  workers: 2,
  reporter: [["list"], ["junit", { outputFile: "../reports/playwright.xml" }]],
  webServer: {
    command: "node serve.ts",
    // The server takes any free port: its address is what it prints.
    wait: { stdout: /(?<pages_url>http:\S+)/ },
    timeout: 300_000,
  },
  use: {
    baseURL: `${process.env.PAGES_URL}/gallery.html`,
    launchOptions: { executablePath: chromium ?? "" },
  },
});
