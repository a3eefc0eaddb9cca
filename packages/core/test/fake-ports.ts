/** Ports under the test's control: time stands still, timers fire when told, randomness is a constant. */

import type { FetchLike, Ports } from "../src/ports.ts";
import { readBoundedText } from "../src/web/web-ports.ts";

export interface FakeTimers {
  /** Delays of the timers that are set and neither fired nor cleared, oldest first. */
  delays(): number[];
  /** Fires the oldest timer; with `delayMs`, the oldest of that delay. Throws when there is none. */
  fire(delayMs?: number): void;
}

export interface LogLine {
  readonly level: "debug" | "warn";
  readonly message: string;
}

/** What a client has in hand. */
export interface Activity {
  /** Operations are queued. */
  readonly pending: boolean;
  /** A `flush()` or `shutdown()` has not resolved yet. */
  readonly awaited: boolean;
}

export interface FakePorts {
  readonly ports: Ports;
  readonly timers: FakeTimers;
  readonly log: LogLine[];
  /** Each change of it. */
  readonly activity: Activity[];
}

export const NOW_MS = Date.UTC(2026, 5, 14, 12);
export const FIXED_UUID = "f7a1c2e0-4b3d-4f6a-9c1e-8d2b5a7e3f10";

const noFetch: FetchLike = () => Promise.reject(new Error("this test expects no request"));

export function fakePorts(over: Partial<Ports> = {}): FakePorts {
  const armed = new Map<number, { callback: () => void; delayMs: number }>();
  const log: LogLine[] = [];
  const activity: Activity[] = [];
  let handles = 0;

  const ports: Ports = {
    nowMs: () => NOW_MS,
    timers: {
      set(callback, delayMs) {
        armed.set(++handles, { callback, delayMs });
        return handles;
      },
      clear: (handle) => void armed.delete(handle as number),
    },
    inContext: (run) => run(),
    random: () => 0,
    uuid: () => FIXED_UUID,
    fetch: noFetch,
    abortController: () => new AbortController(),
    readText: readBoundedText,
    log: (level, message) => void log.push({ level, message }),
    onStep(client) {
      const now = { pending: client.pending > 0, awaited: client.callers.length > 0 };
      const { pending, awaited } = activity.at(-1) ?? { pending: false, awaited: false };
      if (now.pending !== pending || now.awaited !== awaited) activity.push(now);
    },
    ...over,
  };

  function fire(delayMs?: number): void {
    const found = [...armed].find(([, timer]) => delayMs === undefined || timer.delayMs === delayMs);
    if (found === undefined) throw new Error(`no timer of ${delayMs ?? "any"} ms is set`);
    armed.delete(found[0]);
    found[1].callback();
  }

  return {
    ports,
    log,
    activity,
    timers: { delays: () => [...armed.values()].map((timer) => timer.delayMs), fire },
  };
}

/** Lets every promise that can go on, go on. Enough turns for the longest chain in core. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
