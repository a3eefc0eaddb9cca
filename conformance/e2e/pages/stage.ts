/** What the tests of this folder share: the mock API, a site at another origin, and pages that end with the test. */

import type { IngestionApi, StoredEvent } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import type { Browser, Page } from "@whisperr/conformance-browsers";
import { onTestFinished } from "vitest";
import { eventually } from "../eventually.ts";
import { type PageSite, startPageSite } from "./start-page-site.ts";

export interface PageStage {
  readonly api: IngestionApi;
  readonly site: PageSite;
  /** Options that suit a test, as the source of an object for the page's own script. */
  options(more?: string): string;
  open(path: string): Promise<Page>;
  /** Waits until this many events have arrived, and returns all there are. */
  events(count: number): Promise<readonly StoredEvent[]>;
}

export async function setPageStage(browser: Browser): Promise<PageStage> {
  const api = await startTestApi({ cors: true });
  const site = await startPageSite();
  site.put("/watch.js", { body: WATCH });
  const pages: Page[] = [];
  onTestFinished(async () => {
    await Promise.all(pages.map((page) => page.close().catch(() => {})));
    await site.close();
  });
  return {
    api,
    site,
    options: (more = "") => `{ apiKey: "wrk_test", baseUrl: "${api.url}", requestTimeoutMs: 2000, ${more} }`,
    async open(path) {
      const page = await browser.newPage(site.url + path);
      pages.push(page);
      return page;
    },
    events: (count) =>
      eventually(`${count} events`, () => api.store.events.length >= count && api.store.events),
  };
}

/** Waits until an expression is true in the page. */
export function until(page: Page, expression: string): Promise<boolean> {
  return eventually(expression, () => page.evaluate<boolean>(`Boolean(${expression})`));
}

/** Notes in `complaints` what a page should not have to say; its own file, so that a strict policy lets it in. */
const WATCH = `globalThis.complaints = [];
  addEventListener("error", ({ message }) => complaints.push(message));
  addEventListener("unhandledrejection", ({ reason }) => complaints.push(String(reason)));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => complaints.push(violatedDirective + " " + blockedURI));
  for (const level of ["warn", "error"]) console[level] = (...words) => complaints.push(words.join(" "));`;

/** An HTML document with this in its head, and perhaps a body. */
export function html(head: string, body = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><script src="/watch.js"></script>${head}</head><body>${body}</body></html>`;
}

/** Errors, warnings and violations of the page's policy so far. */
export function complaints(page: Page): Promise<string[]> {
  return page.evaluate<string[]>("complaints");
}
