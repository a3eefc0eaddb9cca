/** The report in a real browser, from a file, as its readers have it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromiumPath } from "@whisperr/conformance-browsers";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { renderHtmlReport } from "./index.ts";
import { aCase, aReport, aRequest, aResult, aSubject, reportWithEverything } from "./run-report-builder.ts";

const executablePath = chromiumPath();

test("Chromium is on the machine, to look at it", ({ skip }) => {
  if (executablePath !== undefined) return;
  expect(process.env.CI, "it has to be there in CI").toBeUndefined();
  skip("not run: the report in Chromium");
});

describe.each(executablePath === undefined ? [] : [{ executablePath }])(
  "in Chromium",
  ({ executablePath }) => {
    const folder = mkdtempSync(join(tmpdir(), "html-report-"));
    let browser: Browser;
    let page: Page;
    /** What it asked for, and what it complained about. */
    let requests: string[];
    let complaints: string[];

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });
    afterEach(() => page.context().close());

    async function open(
      report = reportWithEverything(),
      hash = "",
      options: BrowserContextOptions = {},
    ): Promise<void> {
      const file = join(folder, "report.html");
      writeFileSync(file, renderHtmlReport(report));
      page = await (
        await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
      ).newPage();
      requests = [];
      complaints = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`${pathToFileURL(file)}${hash}`);
    }

    const rows = () =>
      page
        .locator("#matrix tr.row:visible small")
        .evaluateAll((all) => all.map((one) => one.firstChild?.textContent?.trim()));
    const hash = () => page.evaluate(() => location.hash);

    test("it asks for nothing but itself, and has nothing to complain about", async () => {
      await open();
      await page.getByRole("link", { name: "failed: retry.fails on Another SDK" }).click();
      expect(requests.map((url) => new URL(url).protocol)).toEqual(["file:"]);
      expect(complaints).toEqual([]);
    });

    test("only groups with something that fails the run are open, until all are", async () => {
      await open();
      expect(await rows()).toEqual(["retry.fails", "retry.known", "retry.mended"]);
      await page.getByRole("button", { name: "Open all groups" }).click();
      expect(await rows()).toContain("hold.elsewhere");
      await page.getByRole("button", { name: "Close all groups" }).click();
      expect(await rows()).toEqual([]);
    });

    test("words find cases by title, id and clause, in closed groups too, and stay in the address", async () => {
      await open();
      await page.getByRole("searchbox").fill("lost batch");
      expect(await rows()).toEqual(["retry.fails"]);
      await page.getByRole("searchbox").fill("HOLD.");
      expect(await rows()).toEqual(["hold.elsewhere"]);
      expect(await hash()).toBe("#?q=HOLD.");
      expect(await page.locator("output").textContent()).toBe("1 of 4 cases");
      expect(await page.locator("details.case:visible").count()).toBe(1);
      await page.getByRole("searchbox").fill("");
      expect(await hash()).toBe("");
    });

    test("verdicts and level narrow it down together", async () => {
      await open();
      await page.getByRole("checkbox", { name: "known failure" }).check();
      await page.getByRole("checkbox", { name: "unexpected pass" }).check();
      expect(await rows()).toEqual(["retry.known", "retry.mended"]);
      await page.getByRole("combobox").selectOption("should");
      expect(await rows()).toEqual(["retry.mended"]);
      expect(await hash()).toBe("#?level=should&show=unexpected-pass,known-failure");
    });

    test("an address that was shared shows the same again", async () => {
      await open(undefined, "#retry.fails--other?level=must&show=failed");
      expect(await rows()).toEqual(["retry.fails"]);
      expect(await page.getByRole("checkbox", { name: "failed", exact: true }).isChecked()).toBe(true);
      await page.locator('[id="retry.fails--other"]').getByText("no such request").waitFor();
    });

    test("a failed cell leads to its exchange, with the keyboard too, and Back leads back", async () => {
      await open(undefined, "#?show=failed");
      const exchange = page.locator('[id="retry.fails--other"] .exchange');
      expect(await exchange.isVisible()).toBe(false);
      await page.getByRole("link", { name: "failed: retry.fails on Another SDK" }).focus();
      await page.keyboard.press("Enter");
      await exchange.waitFor();
      expect(await exchange.getByText("503 refused").isVisible()).toBe(true);
      expect(await hash()).toBe("#retry.fails--other?show=failed");
      expect(await page.evaluate(() => document.activeElement?.localName)).toBe("summary");
      await page.goBack();
      expect(await hash()).toBe("#?show=failed");
    });

    test("a cell that was not run leads to the case, which says why", async () => {
      await open();
      await page.locator("#matrix tr.row td.not-run").first().click();
      await page.getByText("Not run on gone: not on the PATH").first().waitFor();
      expect(await hash()).toBe("#retry.fails");
    });

    test("nothing scrolls sideways on a phone but the matrix in itself, where titles stay in sight", async () => {
      const cases = [aCase("a.very-long-id-that-nobody-would-want-to-read-on-a-small-screen-at-all")];
      const exchange = [aRequest(0, { path: `/v1/${"x".repeat(200)}`, answer: "y".repeat(900) })];
      const subjects = Array.from({ length: 17 }, (_, i) =>
        aSubject(
          `subject-${i}`,
          cases.map(({ id }) => aResult(id, "failed", { problems: ["z".repeat(300)], exchange })),
        ),
      );
      await open(aReport(cases, subjects), `#${cases[0]?.id}--subject-3`, {
        viewport: { width: 390, height: 844 },
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      const [moved, left] = await page.locator("#matrix").evaluate((matrix) => {
        matrix.scrollLeft = 200;
        return [matrix.scrollLeft, matrix.querySelector("tr.row th")?.getBoundingClientRect().left];
      });
      expect([moved, left]).toEqual([200, 0]);
    });

    test("without its script it has no filters, but leads to what failed all the same", async () => {
      await open(undefined, "", { javaScriptEnabled: false });
      expect(await page.locator("#filters").isVisible()).toBe(false);
      await page.getByRole("link", { name: "failed: retry.fails on Another SDK" }).click();
      await page.locator('[id="retry.fails--other"] .exchange').waitFor();
    });

    test("what an SDK sent stays text, and would not run even as markup", async () => {
      const evil =
        "<script>document.title = 'broken into'</script><img src=x onerror=\"document.title = 'broken into'\">";
      const cases = [aCase("retry.evil", { title: evil })];
      const exchange = [aRequest(0, { body: evil, bodyBytes: evil.length })];
      const results = [aResult("retry.evil", "failed", { problems: [evil], exchange })];
      await open(aReport(cases, [aSubject("evil", results, { title: evil })]), "#retry.evil--evil");
      await page.locator(".travelled summary").first().click();
      expect(await page.locator(".travelled pre").first().textContent()).toBe(evil);
      expect(await page.locator(".problems li").textContent()).toBe(evil);
      await page.evaluate(
        (markup) => document.body.append(document.createRange().createContextualFragment(markup)),
        evil,
      );
      await expect
        .poll(() => complaints.filter((text) => text.includes("Content Security Policy")).length)
        .toBeGreaterThan(1);
      expect(await page.title()).toMatch(/^The run fails/);
    });
  },
);
