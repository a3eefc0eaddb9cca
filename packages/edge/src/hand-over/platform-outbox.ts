/** Where a client may hand its operations instead of sending them to the API itself: a Queue, a Durable Object. */
import type { QueuedOperation } from "@whisperr/core";

/** A platform's own queue, in place of the API. */
export interface PlatformOutbox {
  /**
   * Resolves once the platform keeps all of `operations`, in this order. Rejects when it does not, or when that is
   * unknown: they are handed over again, as they are. A rejection with `status: 413` says that nothing was kept because one
   * of them is larger than the platform can hold. `isAhead`: others, called before, cannot be handed over, and follow if they ever can.
   */
  handOver(operations: readonly QueuedOperation[], isAhead?: boolean): Promise<void>;
  /** Optional. Told of each operation as it comes into the client's queue, which may be long before it is handed over. */
  append?(operation: QueuedOperation): void;
}
