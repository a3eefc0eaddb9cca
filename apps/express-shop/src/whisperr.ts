/** The shop's one Whisperr client. Make it once per process and hand it around; it holds the queue. */
import { createWhisperr, type NodeOptions, type Whisperr } from "@whisperr/node";
import type { Events } from "./events.ts";

export type ShopWhisperr = Whisperr<Events>;

/**
 * Without `apiKey` the key is read from WHISPERR_API_KEY, its place in production. The defaults are right for most apps: a request every 20 events or 10 s,
 * six retries, up to 10,000 operations in memory.
 */
export function createShopWhisperr(options: NodeOptions): ShopWhisperr {
  return createWhisperr<Events>({ ...options, context: { app: "express-shop" } });
}
