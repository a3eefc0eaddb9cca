/** The shop process as the demo sees it: its /_stats while it runs, its last line when it has stopped. */
import type { Counts } from "./counts.ts";
import type { ProcessGroup, RunningProcess } from "./processes.ts";
import type { SdkStats } from "./reconcile.ts";

/** What the shop reports of its Whisperr client; see the shop's routes/operations.ts. */
export interface ShopReport {
  readonly whisperr: SdkStats;
  readonly ledger: { readonly accepted: Counts; readonly delivered: Counts; readonly dropped: Counts };
}

export interface Shop {
  readonly url: string;
  report(): Promise<ShopReport>;
  /** SIGTERM: it delivers what is queued, then says its final figures. */
  stop(): Promise<ShopReport>;
}

const LAST_LINE = "shop stopped ";

export async function startShop(processes: ProcessGroup, env: Record<string, string>): Promise<Shop> {
  const shop = await processes.start("@whisperr/express-shop/src/main.ts", ["--port", "0", "--ledger"], env);
  return {
    url: shop.url,
    report: async () => (await (await fetch(`${shop.url}/_stats`)).json()) as ShopReport,
    stop: () => stop(shop),
  };
}

async function stop(shop: RunningProcess): Promise<ShopReport> {
  const code = await shop.stop();
  const last = shop.lines.find((line) => line.startsWith(LAST_LINE));
  if (code !== 0 || last === undefined)
    throw new Error(`the shop ended with code ${code} and no final figures`);
  return JSON.parse(last.slice(LAST_LINE.length)) as ShopReport;
}
