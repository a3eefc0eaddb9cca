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
  /** Goes on by at most `ms`, no further than to the next timer, which fires. Returns how far it went. */
  advance(ms: number): Promise<number>;
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
    async advance(ms) {
      const from = clock.now;
      const due = Math.min(...[...(clock.timers?.values() ?? [])].map(({ callAt = from }) => callAt));
      await clock.tickAsync(Math.min(ms, Math.max(0, due - from)));
      return clock.now - from;
    },
    timers: () => clock.countTimers(),
  };
}
