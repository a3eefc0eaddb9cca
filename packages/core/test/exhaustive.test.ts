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
];

test.each(BOUNDS)("every reachable state keeps the rules: $config", expectRules);
