/**
 * How requests leave a page: with `keepalive` while they are small enough, so that one under way outlives the page.
 * Browsers give all such requests of a page 64 KiB together; what does not fit must go without, or wait for the next visit.
 */
import { type FetchInit, type FetchResponse, retry, sendAhead, transmit, utf8Bytes } from "@whisperr/core";
import { justFailed, noteFrail } from "../queue/in-flight.ts";
import { HURRY_MS, isReady, startOfExit } from "../queue/outbox.ts";
import type { Page } from "./page.ts";

/** Of the browsers' 64 KiB; the rest is left to the page's own code. */
export const KEEPALIVE_BYTES = 60_000;

/**
 * With less of the budget left, a hidden page would send its queue in crumbs: the rest goes like that of a page that stays. And
 * where the link was too slow for what went before, the next body is no larger.
 */
export const WORTHWHILE_BYTES = KEEPALIVE_BYTES / 4;

/** From one body to the next. */
const MAX_GROWTH = 4;

/** Firefox takes a moment after the answer until it counts the bytes as free again. */
const RELEASE_MS = 500;

/** `page.fetch`, with `keepalive` where the budget allows it. */
export async function send(page: Page, url: string, init: FetchInit): Promise<FetchResponse> {
  // Called unbound: browsers refuse a fetch whose `this` is some other object.
  const { fetch, shared, nowMs } = page;
  const use = { bytes: utf8Bytes(init.body), endedAtMs: Number.NaN };
  const keepalive = use.bytes <= bytesLeft(page) && (!page.wasRefused || isLeaving(page));
  page.wasRefused = false;
  if (keepalive) shared.keepalive.add(use);
  else {
    page.frail += 1;
    noteFrail(page);
  }
  const startMs = nowMs();
  try {
    // Whatever the app's own policy is: an address may hold a token.
    const response = await fetch(url, {
      ...init,
      keepalive,
      referrerPolicy: "no-referrer",
      credentials: "omit",
    });
    // What went up in half a lease is most likely to be over when the next page asks.
    const growth = Math.min(page.leaseMs / 2 / Math.max(nowMs() - startMs, 1), MAX_GROWTH);
    // A visitor in a hurry leaves again without its answer, and the next page sends all of it once more.
    if (!page.awaited[0] || startMs - page.sinceMs > HURRY_MS)
      page.bodyBytes = Math.max(page.bodyBytes, use.bytes * growth);
    return response;
  } catch (error) {
    page.bodyBytes = WORTHWHILE_BYTES;
    // Perhaps because of what the page's other code has under way: the next one goes without.
    page.wasRefused = keepalive;
    page.failedAtMs = nowMs();
    throw error;
  } finally {
    use.endedAtMs = nowMs();
    if (!keepalive) page.frail -= 1;
  }
}

/** What the next body may have: what the link takes while the page stays, what is left of the budget, if that is enough, when it goes. */
export function maxBodyBytes(page: Page): number {
  const bytes = isLeaving(page) ? bytesLeft(page) : 0;
  return bytes < WORTHWHILE_BYTES ? page.bodyBytes : bytes;
}

/**
 * What may leave before its turn: nothing while the page stays, the rest of the budget when it goes. What is in flight without
 * `keepalive` ends with the page: the next one sends it, and what stands behind it, in order.
 */
export function aheadBytes(page: Page): number {
  const isOvertaking = page.frail > 0 && page.entries[0]?.isStored;
  return isLeaving(page) && !isOvertaking ? bytesLeft(page) : 0;
}

/** Sends what waits, unless it may be under way as it is. A page that goes sends all of it, one request behind the other. */
export function sendNow(page: Page): void {
  if (isLeaving(page) && justFailed(page)) return;
  retry(page);
  // Now: a frame that its page removes does not live until the next microtask.
  void transmit(page);
  // One that has come back does not know yet what is still its own.
  if (page.maySend && (page.lease || isReady(page))) sendAhead(page, startOfExit(page));
}

/** The page is left, or may be before it is shown again. */
const isLeaving = ({ isHidden, isHere }: Page): boolean => isHidden() || !isHere;

function bytesLeft({ shared: { keepalive }, nowMs }: Page): number {
  let bytes = KEEPALIVE_BYTES;
  for (const use of keepalive) {
    if (Math.abs(nowMs() - use.endedAtMs) > RELEASE_MS) keepalive.delete(use);
    else bytes -= use.bytes;
  }
  return bytes;
}
