/** Mistakes about what holds when the app says nothing (contract, section 7). */
import type { Defect } from "./defect.ts";
import { create, options } from "./sources.ts";

export const defaultDefects: readonly Defect[] = [
  {
    name: "default-flush-at",
    breaks: "Waits for 100 operations unless the app says otherwise.",
    edits: [options('number("flushAt", 20, 1)', 'number("flushAt", 100, 1)')],
    caughtBy: { "default.flush-at": /expected 1 requests, the API saw 0/ },
  },
  {
    name: "default-interval",
    breaks: "Lets what nobody flushes wait for half a minute.",
    edits: [options('number("flushIntervalMs", 10_000,', 'number("flushIntervalMs", 30_000,')],
    caughtBy: { "default.flush-interval": /expected 1 requests, the API saw 0/ },
  },
  {
    name: "default-queue-size",
    breaks: "Gives a server the small queue of a device.",
    edits: [create("MAX_QUEUE_SIZE = 10_000", "MAX_QUEUE_SIZE = 1_000")],
    caughtBy: { "default.queue-size-on-servers": /queue_full: expected 1, got 9001/ },
  },
  {
    name: "default-batch-size",
    breaks: "Sends ten events at a time.",
    edits: [options('number("maxBatchSize", MAX_BATCH_SIZE, 1)', 'number("maxBatchSize", 10, 1)')],
    caughtBy: { "default.batch-size": /expected 2 requests, the API saw 60/ },
  },
  {
    name: "default-retries",
    breaks: "Gives up after three attempts.",
    edits: [options('number("maxRetries", 6,', 'number("maxRetries", 2,')],
    caughtBy: { "default.retries": /number of requests: expected 7, got 3/ },
  },
];
