/** The usual queue, one without an interval, one that keeps no retries, a longer one, and failures that may be due to what a request holds. */
import { test } from "vitest";
import { type Bounds, expectRules } from "./exhaustive.ts";
import { CONFIG } from "./machine-builders.ts";

const BOUNDS: readonly Bounds[] = [
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 1 },
    callers: 2,
    blames: false,
    statesAtLeast: 15_000,
  },
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 1, flushIntervalMs: 0 },
    callers: 2,
    blames: false,
    statesAtLeast: 15_000,
  },
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 1, retriesKept: false },
    callers: 2,
    blames: false,
    statesAtLeast: 15_000,
  },
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 4, maxBatchSize: 3, maxRetries: 0 },
    callers: 2,
    blames: false,
    statesAtLeast: 30_000,
  },
  // What probes add does not depend on how many wait.
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 1 },
    callers: 1,
    blames: true,
    statesAtLeast: 100_000,
  },
  {
    config: { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 0 },
    callers: 0,
    blames: true,
    statesAtLeast: 30_000,
  },
];

test.each(BOUNDS)("every reachable state keeps the rules: $config", expectRules);
