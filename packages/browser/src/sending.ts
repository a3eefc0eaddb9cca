/**
 * How requests leave a page: with `keepalive` while they are small enough, so that one under way outlives the page.
 * Browsers give all such requests of a page 64 KiB together; what does not fit must go without, or wait for the next visit.
 */
import { type FetchInit, type FetchLike, type FetchResponse, utf8Bytes } from "@whisperr/core";
import type { KeepaliveUse, Shared } from "./shared.ts";

/** Of the browsers' 64 KiB; the rest is left to the page's own code. */
export const KEEPALIVE_BYTES = 60_000;

/** With less of it left, a hidden page would send its queue in crumbs: the rest goes like that of a page that stays. */
const WORTHWHILE_BYTES = KEEPALIVE_BYTES / 4;

export interface Sending {
  readonly fetch: FetchLike;
  /** What the next body may have: anything while the page stays, what is left of the budget, if that is enough, when it goes. */
  readonly maxBodyBytes: () => number;
  /**
   * The last request has just failed without an answer. Chromium says so of what is in flight as a page is left, and
   * goes on with it: it may be arriving.
   */
  readonly justFailed: () => boolean;
}

const JUST_MS = 500;

/** Firefox takes a moment after the answer until it counts the bytes as free again. */
const RELEASE_MS = 500;

export interface SendingPorts {
  readonly fetch: FetchLike;
  readonly shared: Shared;
  readonly nowMs: () => number;
}

export function createSending(
  { fetch: send, shared, nowMs }: SendingPorts,
  isLeaving: () => boolean,
): Sending {
  /** The browser may refuse keepalive because of what the page's other code has under way: then the next one goes without. */
  let refused = false;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  function left(): number {
    let bytes = KEEPALIVE_BYTES;
    for (const use of shared.keepalive) {
      if (use.endedAtMs !== undefined && Math.abs(nowMs() - use.endedAtMs) > RELEASE_MS)
        shared.keepalive.delete(use);
      else bytes -= use.bytes;
    }
    return Math.max(bytes, 0);
  }

  async function fetch(url: string, init: FetchInit): Promise<FetchResponse> {
    const use: KeepaliveUse = { bytes: utf8Bytes(init.body) };
    const keepalive = use.bytes <= left() && (!refused || isLeaving());
    refused = false;
    if (keepalive) shared.keepalive.add(use);
    try {
      return await send(url, keepalive ? { ...init, keepalive } : init);
    } catch (error) {
      refused = keepalive;
      failedAtMs = nowMs();
      throw error;
    } finally {
      use.endedAtMs = nowMs();
    }
  }

  return {
    fetch,
    maxBodyBytes() {
      const bytes = isLeaving() ? left() : 0;
      return bytes >= WORTHWHILE_BYTES ? bytes : Number.POSITIVE_INFINITY;
    },
    justFailed: () => Math.abs(nowMs() - failedAtMs) < JUST_MS,
  };
}
