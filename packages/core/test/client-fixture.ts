/** A server client whose API is a function: it records every event and identify that arrives. */

import { createServerClient, type ServerClient } from "../src/client/server-client.ts";
import type { WhisperrError } from "../src/errors.ts";
import type { WhisperrOptions } from "../src/options.ts";
import type { FetchInit } from "../src/ports.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import { type FakePorts, fakePorts, NOW_MS } from "./fake-ports.ts";

export interface ArrivedEvent {
  readonly external_user_id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  readonly properties: Record<string, unknown>;
  readonly context: Record<string, unknown>;
}

export interface ClientFixture extends Pick<FakePorts, "timers" | "log"> {
  readonly client: ServerClient;
  /** The same client for callers without types: what JavaScript may pass. */
  readonly untyped: Record<"track" | "identify", (...values: unknown[]) => void>;
  readonly events: ArrivedEvent[];
  readonly identifies: unknown[];
  readonly requests: FetchInit[];
  readonly errors: WhisperrError[];
  /** What the clock says; 0 is the fixture's start. */
  passMs(ms: number): void;
}

const KEY = "wrk_secret_key";

export function clientFixture(options: Partial<WhisperrOptions> = {}): ClientFixture {
  const events: ArrivedEvent[] = [];
  const identifies: unknown[] = [];
  const requests: FetchInit[] = [];
  const errors: WhisperrError[] = [];
  let nowMs = NOW_MS;

  const { ports, timers, log } = fakePorts({
    nowMs: () => nowMs,
    fetch: async (url, init) => {
      requests.push(init);
      const body = JSON.parse(init.body) as { events: ArrivedEvent[] };
      if (url.endsWith("/v1/identify")) identifies.push(body);
      else events.push(...body.events);
      return { status: 202, headers: new Headers(), text: async () => "" };
    },
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const all: WhisperrOptions = {
    apiKey: KEY,
    onError: (error) => errors.push(error),
    ...options,
  };
  const { api: client } = createServerClient(all, resolveOptions(all, { maxQueueSize: 10_000 }), ports);
  return {
    client,
    untyped: client as unknown as ClientFixture["untyped"],
    events,
    identifies,
    requests,
    errors,
    timers,
    log,
    passMs(ms) {
      nowMs += ms;
    },
  };
}
