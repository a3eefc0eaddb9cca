/** Where a client may hand its operations instead of sending them to the API itself: a Queue, a Durable Object. */
import type { Operation } from "@whisperr/core";

export interface PlatformOutbox {
  /**
   * Resolves once the platform keeps all of `operations`, in this order. Rejects when it does not, or when that is
   * unknown: they are handed over again, as they are.
   */
  handOver(operations: readonly Operation[]): Promise<void>;
}
