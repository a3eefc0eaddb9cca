/** Where a client may hand its operations instead of sending them to the API itself: a Queue, a Durable Object. */
import type { Operation } from "@whisperr/core";

export interface PlatformOutbox {
  /**
   * Resolves once the platform keeps all of `operations`, in this order. Rejects when it does not, or when that is
   * unknown: they are handed over again, as they are. A rejection with `status: 413` (`too-large.ts`) says
   * that nothing was kept because one of them is larger than the platform can hold.
   */
  handOver(operations: readonly Operation[]): Promise<void>;
}
