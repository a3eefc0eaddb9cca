/**
 * The SDK's clock and timers, under the runner's control. Installed before the SDK is loaded.
 */
import { install } from "@sinonjs/fake-timers";

export interface VirtualTime {
  /** Forgets every timer and starts again at this time; `fractionMs` is added to what Date.now() says. */
  restart(nowMs: number, fractionMs: number): void;
  advance(ms: number): Promise<void>;
  /** The clock moves, timers do not notice. */
  jump(ms: number): void;
  nextTimerInMs(): number | null;
  timers(): number;
}

export function installVirtualTime(): VirtualTime {
  const clock = install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  const fakeNow = Date.now;
  return {
    restart(nowMs, fractionMs) {
      clock.reset();
      clock.setSystemTime(nowMs);
      Date.now = fractionMs === 0 ? fakeNow : () => fakeNow() + fractionMs;
    },
    advance: async (ms) => void (await clock.tickAsync(ms)),
    jump: (ms) => clock.setSystemTime(clock.now + ms),
    nextTimerInMs() {
      const due = [...(clock.timers?.values() ?? [])].map(({ callAt = clock.now }) => callAt - clock.now);
      return due.length === 0 ? null : Math.max(0, Math.min(...due));
    },
    timers: () => clock.countTimers(),
  };
}
