/**
 * How long the one request of a client stays open: exactly while something is under way or waits for its moment, and not
 * beyond a deadline. What is left then is reported.
 */
import { abandon, type Client, flush } from "@whisperr/core";
import type { EdgeConfig } from "../edge-options.ts";
import { isUnderWay } from "./under-way.ts";
import { keepOpen } from "./wait-until.ts";

export interface Lifetime {
  readonly config: EdgeConfig;
  /** The app's handler has not returned: the request is open anyway, and nothing needs to be over. */
  isHandling: boolean;
  /** Lets the request end; undefined while it is not kept open. */
  end: (() => void) | undefined;
  /** The timer that ends it when it takes too long. */
  deadline: unknown;
}

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
    keepOpen(lifetime.config.waitUntil, open, client);
  }
}

/** The app's handler has returned: nothing more is to come soon, so what there is goes out. Platforms count from here. */
export function endHandling(lifetime: Lifetime, client: Client): void {
  lifetime.isHandling = false;
  if (lifetime.end !== undefined) setDeadline(lifetime, client);
  void flush(client);
}

function setDeadline(lifetime: Lifetime, client: Client): void {
  const { timers } = client.ports;
  timers.clear(lifetime.deadline);
  lifetime.deadline = timers.set(() => {
    if (lifetime.isHandling) setDeadline(lifetime, client);
    else abandon(client);
  }, lifetime.config.waitUntilTimeoutMs);
}
