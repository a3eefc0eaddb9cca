/**
 * How requests leave a page: with `keepalive` while they are small enough, so that one under way outlives the page.
 * Browsers give all such requests of a page 64 KiB together; what does not fit must go without, or wait for the next visit.
 */
import { type FetchInit, type FetchLike, type FetchResponse, utf8Bytes } from "@whisperr/core";
import type { Shared } from "./shared.ts";

/** Of the browsers' 64 KiB; the rest is left to the page's own code. */
export const KEEPALIVE_BYTES = 60_000;

export interface Sending {
  readonly fetch: FetchLike;
  /** What the next body may have: anything while the page stays, what is left of the budget when it goes. */
  readonly maxBodyBytes: () => number;
}

export function createSending(send: FetchLike, shared: Shared, isLeaving: () => boolean): Sending {
  /** The browser may refuse keepalive because of what the page's other code has under way: then the next one goes without. */
  let refused = false;
  const left = () => KEEPALIVE_BYTES - shared.keepaliveBytes;

  async function fetch(url: string, init: FetchInit): Promise<FetchResponse> {
    const bytes = utf8Bytes(init.body);
    const keepalive = bytes <= left() && (!refused || isLeaving());
    if (!keepalive) {
      refused = false;
      return send(url, init);
    }
    shared.keepaliveBytes += bytes;
    try {
      return await send(url, { ...init, keepalive });
    } catch (error) {
      refused = true;
      throw error;
    } finally {
      shared.keepaliveBytes -= bytes;
    }
  }

  return { fetch, maxBodyBytes: () => (isLeaving() ? Math.max(left(), 0) : Number.POSITIVE_INFINITY) };
}
