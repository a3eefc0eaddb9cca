/**
 * A visitor of the web shop, in a real browser: compares plans and closes the tab, comes back, signs in, upgrades. The
 * API is down while the first tab closes, so what happened in it arrives with the second visit.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { availableEngines, type Browser, launchBrowser, type Page } from "@whisperr/conformance-browsers";
import { createIngestionControl, type Ingestion, OUTAGE_STATUS } from "./ingestion-control.ts";
import type { ProcessGroup } from "./processes.ts";

export const CUSTOMER = "ada";

/** Which browser it was; or none on this machine: said, not hidden. */
export type Visit = { readonly engine: string } | { readonly notRun: string };

/** What was in flight when the first tab closed may be so for 5 s; then it is sent again. */
const DELIVERY_TIMEOUT_MS = 60_000;

export async function runVisit(processes: ProcessGroup, api: Ingestion, apiKey: string): Promise<Visit> {
  const engines = availableEngines();
  const found = engines.find(({ missing }) => missing === undefined);
  if (found === undefined)
    return { notRun: engines.map(({ engine, missing }) => `${engine}: ${missing}`).join("; ") };

  const site = await processes.start("@whisperr/web-shop/src/main.ts", ["--port", "0"], {
    WHISPERR_API_KEY: apiKey,
    WHISPERR_BASE_URL: api.url,
  });
  const browser = await launchBrowser(found.engine);
  try {
    const ingestion = createIngestionControl(api.controlUrl);
    await ingestion.setDefault({ kind: "status", status: OUTAGE_STATUS });
    await lookAtPlans(browser, site.url);
    await ingestion.setDefault(null);
    await signInAndUpgrade(browser, site.url);
    return { engine: found.engine };
  } finally {
    await browser.close();
    await site.stop();
  }
}

async function lookAtPlans(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage(`${url}/`);
  await click(page, '[data-plan="team"]');
  await click(page, '[data-plan="pro"]');
  await page.close();
}

async function signInAndUpgrade(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage(`${url}/account.html`);
  await page.evaluate((customer: string) => {
    const form = document.querySelector("form");
    form?.querySelector("input")?.setAttribute("value", customer);
    form?.requestSubmit();
  }, CUSTOMER);
  await click(page, "#upgrade");
  await untilDelivered(page);
}

function click(page: Page, selector: string): Promise<void> {
  return page.evaluate((one: string) => document.querySelector<HTMLElement>(one)?.click(), selector);
}

async function untilDelivered(page: Page): Promise<void> {
  const deadlineMs = performance.now() + DELIVERY_TIMEOUT_MS;
  for (;;) {
    await page.evaluate("void whisperr.flush()");
    const pending = await page.evaluate<number>("whisperr.stats()?.pending ?? 1");
    if (pending === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`the browser still holds ${pending} operations`);
    await sleep(100);
  }
}
