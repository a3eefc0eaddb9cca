/**
 * How long the one request of a client stays open: exactly while something is under way or waits for its moment, and not
 * beyond a deadline. What is left then is reported.
 */
import { flush, restMs } from "@whisperr/core";
import type { EdgeClient } from "./edge-client.ts";
import { endOfRequest, isUnderWay, keepOpen, mayResume, resume } from "./under-way.ts";

/** What a client knows of it, beyond core's record. */
export interface Lifetime {
  /** The app's handler has not returned: the request is open anyway, and nothing needs to be over. */
  isHandling: boolean;
  /** Lets the request end; undefined while it is not kept open. */
  letGo: (() => void) | undefined;
  /** The timer that ends it when it takes too long. */
  deadline: unknown;
  /** The timer after which delivery goes on with what was kept. */
  pause: unknown;
}

type OneRequestClient = EdgeClient & Lifetime;

export function initialLifetime(): Lifetime {
  return { isHandling: true, letGo: undefined, deadline: undefined, pause: undefined };
}

/** The port `onStep`. */
export function adjustLifetime(client: OneRequestClient): void {
  const { timers } = client.ports;
  if (!isUnderWay(client)) {
    timers.clear(client.deadline);
    client.letGo?.();
    client.letGo = undefined;
  } else if (client.letGo === undefined) {
    const open = new Promise<void>((resolve) => {
      client.letGo = resolve;
    });
    setDeadline(client);
    keepOpen(client, open);
  }
  if (!mayResume(client)) {
    timers.clear(client.pause);
    client.pause = undefined;
  } else client.pause ??= timers.set(() => resume(client), restMs(client));
}

/** The app's handler has returned: nothing more is to come soon, so what there is goes out. Platforms count from here. */
export function endHandling(client: OneRequestClient): void {
  client.isHandling = false;
  if (client.letGo !== undefined) setDeadline(client);
  void flush(client);
}

function setDeadline(client: OneRequestClient): void {
  const { ports, config } = client;
  ports.timers.clear(client.deadline);
  client.deadline = ports.timers.set(() => {
    if (client.isHandling) setDeadline(client);
    else endOfRequest(client);
  }, config.waitUntilTimeoutMs);
}
