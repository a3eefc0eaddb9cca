/** What every scenario needs: the mock API, a site at another origin, and pages of one browser. */

import type { IngestionApi, IngestionApiOptions } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import type { Browser, Page } from "@whisperr/conformance-browsers";
import { onTestFinished } from "vitest";
import { eventually } from "../eventually.ts";
import { noteEnd, type PageEnds } from "./judge/page-ends.ts";
import type { Ask, PageReport, Plan } from "./site/plan.ts";
import { type PageHeaders, type Site, startSite } from "./site/start-site.ts";

export const API_KEY = "wrk_test";

/** How long a request that was in flight at an exit is waited for: the default is 10 s, and scenarios are to be short. */
export const REQUEST_TIMEOUT_MS = 2_000;

export interface Stage {
  readonly api: IngestionApi;
  readonly site: Site;
  /** The plan with the API's address, the key and options that suit tests. */
  plan(plan?: Partial<Plan>): Plan;
  /** Opens a tab on the shop and waits until its client stands. */
  open(plan?: Partial<Plan>, headers?: PageHeaders): Promise<ShopPage>;
  /** When pages were told to go, by the address that the API sees as the referrer. */
  readonly ends: PageEnds;
  /** The API goes away altogether; its store and requests stay readable. */
  takeDown(): Promise<void>;
  /** Another API at the same address, with a store of its own. */
  bringUp(): Promise<void>;
  /** Pages open in this browser from now on. */
  moveTo(browser: Browser): void;
}

export interface ShopPage {
  readonly page: Page;
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
  /** Kills the renderer, where the engine's remote control can. */
  crash?(): Promise<void>;
}

/** Sessions on a stage end with the test: pages first, then what they talk to. */
export async function setStage(browser: Browser, apiOptions: IngestionApiOptions = {}): Promise<Stage> {
  const start = (port = 0) => startTestApi({ cors: true, freshConnections: true, ...apiOptions, port });
  let api = await start();
  const port = Number(new URL(api.url).port);
  const site = await startSite();
  const pages = new Set<ShopPage>();
  const ends: PageEnds = new Map();
  let current = browser;
  onTestFinished(async () => {
    await Promise.all([...pages].map((page) => page.close().catch(() => {})));
    await site.close();
  });

  const plan = (own: Partial<Plan> = {}): Plan => ({
    ...own,
    options: {
      apiKey: API_KEY,
      baseUrl: api.url,
      pageViews: false,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      ...own.options,
    },
  });

  return {
    get api() {
      return api;
    },
    site,
    ends,
    plan,
    async open(own, headers) {
      const address = site.address(plan(own), headers);
      const opened = await current.newPage(address);
      const shop = shopPage(opened, site, (ending) => noteEnd(ends, address, ending));
      pages.add(shop);
      await standing(shop.page);
      return shop;
    },
    takeDown: () => api.close(),
    async bringUp() {
      api = await start(port);
    },
    moveTo(next) {
      current = next;
    },
  };
}

export function standing(page: Page): Promise<boolean> {
  return eventually("the page stands", () => page.evaluate<boolean>("'shop' in globalThis"));
}

function shopPage(page: Page, site: Site, end: (ending: () => Promise<void>) => Promise<void>): ShopPage {
  const ask = <T>(ask: Ask) => page.evaluate<T>(`shop(${JSON.stringify(ask)})`) as Promise<T>;
  return {
    page,
    ask,
    track: (chain, from, count, more = {}) => ask({ do: "track", chain, from, count, ...more }),
    call: (method, ...args) => ask({ do: "call", method, args }),
    report: () => ask({ do: "report" }),
    begin: (method, ...args) => ask({ do: "begin", method, args }),
    leave: () => end(() => page.goto(`${site.url}/empty`)),
    async reload() {
      await end(() => page.reload());
      await standing(page);
    },
    close: () => end(() => page.close()),
    ...(page.crash && { crash: () => end(async () => page.crash?.()) }),
  };
}
