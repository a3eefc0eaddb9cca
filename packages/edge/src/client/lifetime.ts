/**
 * How long the one request of a client stays open: exactly while something is under way or waits for its moment, and not
 * beyond a deadline. What is left then is reported.
 */
import { abandon, type Client, flush } from "@whisperr/core";
import { isUnderWay } from "./under-way.ts";
import { keepOpen, type WaitUntil } from "./wait-until.ts";

export interface Lifetime {
  readonly waitUntil: WaitUntil;
  readonly timeoutMs: number;
  /** The client's own, of which these change. */
  readonly config: { flushIntervalMs: number; retriesKept: boolean };
  /** The app's handler has not returned: the request is open anyway, and nothing needs to be over. */
  isHandling: boolean;
  /** Lets the request end; undefined while it is not kept open. */
  end: (() => void) | undefined;
  /** The timer that ends it when it takes too long. */
  deadline: unknown;
}

/** Long enough for what one request tracks, short enough to cost an open request nothing. */
export const COALESCING_MS = 50;
/** While a handler runs its events wait for each other, but not for ever: it may stream, or hang. */
export const HANDLER_INTERVAL_MS = 10_000;

/** The port `onStep`. */
export function adjustLifetime(lifetime: Lifetime, client: Client): void {
  if (!isUnderWay(client)) {
    client.ports.timers.clear(lifetime.deadline);
    lifetime.end?.();
    lifetime.end = undefined;
  } else if (lifetime.end === undefined) {
    const open = new Promise<void>((resolve) => {
      lifetime.end = resolve;
    });
    setDeadline(lifetime, client);
    keepOpen(lifetime.waitUntil, open, client);
  }
}

/** The app's handler has returned: nothing more is to come soon, so what there is goes out. Platforms count from here. */
export function endHandling(lifetime: Lifetime, client: Client): void {
  const { config } = lifetime;
  lifetime.isHandling = false;
  if (!config.retriesKept) config.flushIntervalMs = COALESCING_MS;
  if (lifetime.end !== undefined) setDeadline(lifetime, client);
  void flush(client);
}

function setDeadline(lifetime: Lifetime, client: Client): void {
  const { timers } = client.ports;
  timers.clear(lifetime.deadline);
  lifetime.deadline = timers.set(() => {
    if (lifetime.isHandling) return setDeadline(lifetime, client);
    // The app's own interval has had its time too.
    lifetime.config.retriesKept = false;
    abandon(client);
  }, lifetime.timeoutMs);
}
