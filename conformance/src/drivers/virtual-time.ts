/**
 * The SDK's clock and timers, under the runner's control. Installed before the SDK is loaded.
 *
 * Node's own fetch sets its timers through globalThis too. Those must stay real, or an `advance` would time out
 * connections, and they must not be counted as the SDK's: a timer set by a frame of Node itself goes to the real one.
 */
import { install } from "@sinonjs/fake-timers";

export interface VirtualTime {
  /** Forgets every timer and starts again at this time; `fractionMs` is added to what Date.now() says. */
  restart(nowMs: number, fractionMs: number): void;
  advance(ms: number): Promise<void>;
  nextTimerInMs(): number | null;
  timers(): number;
}

/** A frame of undici inside Node. */
const HOST_FRAME = /node:internal\/deps\/undici/;

export function installVirtualTime(): VirtualTime {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const clock = install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  const fake = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const hostTimers = new WeakSet<object>();
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof setTimeout>) => {
    if (!HOST_FRAME.test(new Error().stack ?? "")) return fake.setTimeout(...args);
    const timer = real.setTimeout(...args);
    hostTimers.add(timer);
    return timer;
  }, real.setTimeout);
  globalThis.clearTimeout = (timer) => {
    if (typeof timer === "object" && hostTimers.has(timer)) real.clearTimeout(timer);
    else fake.clearTimeout(timer);
  };
  const fakeNow = Date.now;
  return {
    restart(nowMs, fractionMs) {
      clock.reset();
      clock.setSystemTime(nowMs);
      Date.now = fractionMs === 0 ? fakeNow : () => fakeNow() + fractionMs;
    },
    advance: async (ms) => void (await clock.tickAsync(ms)),
    nextTimerInMs() {
      const due = [...(clock.timers?.values() ?? [])].map(({ callAt = clock.now }) => callAt - clock.now);
      return due.length === 0 ? null : Math.max(0, Math.min(...due));
    },
    timers: () => clock.countTimers(),
  };
}
