/**
 * What the edge package finds in the global scope, replaced for as long as a world lasts. A world never leaves its turn of
 * the event loop, so nothing else of the process meets these.
 */
import type { SeededRandom } from "../seeded-random.ts";

export interface EdgeGlobals {
  readonly nowMs: () => number;
  readonly random: SeededRandom;
  /** Returns what clears it. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** Runs `work` with them, and puts back what was there. */
export async function withEdgeGlobals<T>(globals: EdgeGlobals, work: () => Promise<T>): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = Date;
  const { random } = Math;
  const { getRandomValues } = crypto;
  Object.assign(globalThis, {
    setTimeout: globals.setTimer,
    clearTimeout: (clear: (() => void) | undefined) => clear?.(),
  });
  Object.assign(Date, { now: globals.nowMs });
  Object.assign(Math, { random: globals.random.next });
  Object.assign(crypto, {
    getRandomValues: (bytes: Uint8Array) => bytes.fill(Math.floor(globals.random.next() * 256)),
  });
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Object.assign(Date, { now });
    Object.assign(Math, { random });
    Object.assign(crypto, { getRandomValues });
  }
}
