/** The client's outbox: the queue that this page shares with other pages. */
import { lose, type Outbox, tell } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { noteInFlight } from "./in-flight.ts";
import { append, take } from "./tab-queue.ts";

export function outboxOf(page: Page): Outbox {
  return {
    get size() {
      return page.entries.length;
    },
    append(operation) {
      if (!append(page, operation)) storageFailed(page);
    },
    at: (index) => page.entries[index]?.operation,
    remove: (offset, count) => take(page, offset, count),
    inFlight: (count) => noteInFlight(page, count),
  };
}

/** Storage is blocked, or full: operations wait in memory. Said once. */
export function storageFailed(page: Page): void {
  if (page.isFailureKnown) return;
  page.isFailureKnown = true;
  // Never in the middle of a call, nor before the app has its client: it may call anything in its onError.
  void Promise.resolve().then(() => {
    lose(page.client, "storage_failed", 0);
    tell(page.client);
  });
}
