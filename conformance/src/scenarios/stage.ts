/** What every scenario needs: the mock API, a site at another origin, and pages of one browser. */
import { onTestFinished } from "vitest";
import { type IngestionApi, startIngestionApi } from "../api/index.ts";
import type { Browser, Page } from "../browsers/index.ts";
import { eventually } from "./eventually.ts";
import type { Ask, PageReport, Plan } from "./site/plan.ts";
import { type PageHeaders, type Site, startSite } from "./site/start-site.ts";

export const API_KEY = "wrk_test";

/** How long a page may take to stand, on a busy machine. */
const PAGE_DEADLINE_MS = 20_000;

export interface Stage {
  readonly api: IngestionApi;
  readonly site: Site;
  /** The plan with the API's address, the key and options that suit tests. */
  plan(plan?: Partial<Plan>): Plan;
  /** Opens a tab on the shop and waits until its client stands. */
  open(plan?: Partial<Plan>, headers?: PageHeaders): Promise<ShopPage>;
  /** The API goes away altogether; its store and requests stay readable. */
  takeDown(): Promise<void>;
  /** Another API at the same address, with a store of its own. */
  bringUp(): Promise<void>;
  /** Pages open in this browser from now on. */
  moveTo(browser: Browser): void;
}

export interface ShopPage {
  readonly page: Page;
  /** The address of the page that stands now, by which the API knows whose a request was. Each load has another. */
  address(): Promise<string>;
  ask<T = unknown>(ask: Ask): Promise<T>;
  /** Tracks `count` events of a chain from `from` on; resolves with the page's clock. */
  track(chain: string, from: number, count: number, more?: { bytes?: number; who?: string }): Promise<number>;
  call<T = unknown>(method: string, ...args: unknown[]): Promise<T>;
  report(): Promise<PageReport>;
  /** Calls a method without waiting for its promise. */
  begin(method: string, ...args: unknown[]): Promise<void>;
  /** Leaves for a page of the same site that has no SDK. */
  leave(): Promise<void>;
  /** Resolves when the new page stands. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Sessions on a stage end with the test: pages first, then what they talk to. */
export async function setStage(browser: Browser): Promise<Stage> {
  let api = await startIngestionApi({ cors: true });
  const port = Number(new URL(api.url).port);
  const site = await startSite();
  const pages = new Set<ShopPage>();
  let current = browser;
  onTestFinished(async () => {
    await Promise.all([...pages].map((page) => page.close().catch(() => {})));
    await site.close();
    await api.close();
  });

  const plan = (own: Partial<Plan> = {}): Plan => ({
    ...own,
    options: { apiKey: API_KEY, baseUrl: api.url, pageViews: false, requestTimeoutMs: 2_000, ...own.options },
  });

  return {
    get api() {
      return api;
    },
    site,
    plan,
    async open(own, headers) {
      const opened = await current.newPage(site.address(plan(own), headers));
      const shop = shopPage(opened, site, () => pages.delete(shop));
      pages.add(shop);
      await standing(shop.page);
      return shop;
    },
    takeDown: () => api.close(),
    async bringUp() {
      api = await startIngestionApi({ cors: true, port });
    },
    moveTo(next) {
      current = next;
    },
  };
}

export function standing(page: Page): Promise<boolean> {
  return eventually("the page stands", PAGE_DEADLINE_MS, () => page.evaluate<boolean>("'shop' in globalThis"));
}

function shopPage(page: Page, site: Site, closed: () => void): ShopPage {
  const ask = <T>(ask: Ask) => page.evaluate<T>(`shop(${JSON.stringify(ask)})`) as Promise<T>;
  return {
    page,
    address: () => page.evaluate<string>("location.href"),
    ask,
    track: (chain, from, count, more = {}) => ask({ do: "track", chain, from, count, ...more }),
    call: (method, ...args) => ask({ do: "call", method, args }),
    report: () => ask({ do: "report" }),
    begin: (method, ...args) => ask({ do: "begin", method, args }),
    leave: () => page.goto(`${site.url}/empty`),
    async reload() {
      await page.reload();
      await standing(page);
    },
    async close() {
      closed();
      await page.close();
    },
  };
}
