/** What an app has from @playwright/test, as far as it is used here: `test` with a page of Chromium, on which a shop is. */
import { availableEngines, chromiumPath } from "@whisperr/conformance-browsers";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { test as base, expect } from "vitest";

export { expect } from "vitest";

const missing = availableEngines().find(({ engine }) => engine === "chromium")?.missing;

const html = (script = "") =>
  `<!doctype html><title>Shop</title><button>Pay</button><script type="module">${script}</script>`;

export const test = base.extend<{ page: Page }>({
  async page({ skip }, use) {
    if (missing !== undefined) {
      expect(process.env.CI, "it has to be there in CI").toBeUndefined();
      skip(`not run: ${missing}`);
    }
    const { outputFiles } = await build({
      entryPoints: [`${import.meta.dirname}/shop.js`],
      bundle: true,
      format: "esm",
      write: false,
      outdir: "out",
      logLevel: "error",
    });
    const browser = await chromium.launch({
      executablePath: chromiumPath() ?? "",
      chromiumSandbox: process.getuid?.() !== 0,
    });
    const page = await browser.newPage({ baseURL: "https://shop.test" });
    const body = html(outputFiles[0]?.text);
    await page.route("https://shop.test/", (route) => route.fulfill({ body, contentType: "text/html" }));
    await use(page);
    await browser.close();
  },
});
