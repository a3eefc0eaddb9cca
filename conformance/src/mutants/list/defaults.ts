/** Mistakes about what holds when the app says nothing (contract, section 7). */
import { byDefault } from "../hooks/options.ts";
import type { Mutant } from "../mutant.ts";

export const defaultMutants: readonly Mutant[] = [
  {
    id: "default-flush-at",
    does: "Waits for 100 operations unless the app says otherwise.",
    on: ["node", "deno", "edge", "browser"],
    how: byDefault({ flushAt: 100 }),
    caughtBy: { "default.flush-at": /expected 1 requests, the API saw 0/ },
  },
  {
    id: "default-interval",
    does: "Lets what nobody flushes wait for half a minute.",
    how: byDefault({ flushIntervalMs: 30_000 }),
    caughtBy: { "default.flush-interval": /expected 1 requests, the API saw 0/ },
  },
  {
    id: "default-queue-size",
    does: "Gives a server the small queue of a device.",
    how: byDefault({ maxQueueSize: 1_000 }),
    caughtBy: { "default.queue-size-on-servers": /queue_full: expected 1, got 9001/ },
  },
  {
    id: "default-batch-size",
    does: "Sends ten events at a time.",
    how: byDefault({ maxBatchSize: 10 }),
    caughtBy: { "default.batch-size": /number of requests: expected 4 to 5, got 170/ },
  },
  {
    id: "default-retries",
    does: "Gives up after three attempts.",
    how: byDefault({ maxRetries: 2 }),
    caughtBy: { "default.retries": /number of requests: expected 7, got 3/ },
  },
];
