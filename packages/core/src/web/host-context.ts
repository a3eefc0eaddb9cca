/**
 * Whose work it is. A host can tie what runs later to what runs now: a request's AsyncLocalStorage, a zone that a framework waits
 * for. What the SDK does later is no part of the customer's call that happened to start it, and must not keep that alive.
 */
import { attempt } from "../attempt.ts";
import type { Ports, Timers } from "../ports.ts";

type InContext = Ports["inContext"];

declare const Zone: { readonly root?: { run?: InContext } } | null | undefined;

/** Outside every zone of zone.js, where there is one: Angular takes an app for busy while a timer runs in its zone. */
export const outsideZones: InContext = (run) => {
  const root = typeof Zone === "undefined" ? undefined : Zone?.root;
  // An element can be called Zone.
  return typeof root?.run === "function" ? root.run(run) : run();
};

/** The part of Node's `AsyncResource` that is used, which Bun and Deno have as well. */
export interface AsyncHooks {
  readonly AsyncResource: new (
    type: string,
  ) => {
    runInAsyncScope<T>(run: (task: () => T) => T, self: undefined, task: () => T): T;
  };
}

/** From now on what is run is run in the context of this call, and outside every zone. `hooks`: `node:async_hooks`, where there is one. */
export function contextOfNow(hooks: AsyncHooks | undefined): InContext {
  if (hooks === undefined) return outsideZones;
  const resource = new hooks.AsyncResource("Whisperr");
  return (run) => resource.runInAsyncScope(outsideZones, undefined, run);
}

/** Timers that fire in that context. Where the host throws there is none: `null`. */
export function timersIn(inContext: InContext, { set, clear }: Timers): Timers {
  return {
    set: (callback, delayMs) => attempt(() => inContext(() => set(callback, delayMs)), null),
    clear: (handle) => attempt(() => clear(handle)),
  };
}

/** Timers and everything else in that context. */
export function portsOfNow(
  hooks: AsyncHooks | undefined,
  timers: Timers,
): Pick<Ports, "inContext" | "timers"> {
  const inContext = contextOfNow(hooks);
  return { inContext, timers: timersIn(inContext, timers) };
}
