/**
 * Node's own fetch sets its timers through globalThis too. Those must stay real, or an `advance` would time out
 * connections, and they must not be counted as the SDK's: a timer set by a frame of Node itself goes to the real one.
 */

/** A frame of undici inside Node. */
const HOST_FRAME = /node:internal\/deps\/undici/;

/** Installs fake timers and lets Node's own pass them by. */
export function spareNodeTimers<Installed>(installFakes: () => Installed): Installed {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const installed = installFakes();
  const fake = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const hostTimers = new WeakSet<object>();
  const setAnyTimeout = (...args: Parameters<typeof setTimeout>) => {
    if (!HOST_FRAME.test(new Error().stack ?? "")) return fake.setTimeout(...args);
    const timer = real.setTimeout(...args);
    hostTimers.add(timer);
    return timer;
  };
  globalThis.setTimeout = Object.assign(setAnyTimeout, real.setTimeout) as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: object) => {
    if (typeof timer === "object" && hostTimers.has(timer)) real.clearTimeout(timer as NodeJS.Timeout);
    else fake.clearTimeout(timer as NodeJS.Timeout);
  }) as typeof clearTimeout;
  return installed;
}
