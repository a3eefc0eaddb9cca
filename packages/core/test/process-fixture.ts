/** A client in a process that the test ends. */
import { vi } from "vitest";
import type { ServerClient } from "../src/client/server-client.ts";
import type { WhisperrError } from "../src/errors.ts";
import type { FetchInit, FetchResponse, Ports } from "../src/ports.ts";
import { createProcessClient, type Process, type ProcessOptions } from "../src/process/process-client.ts";
import type { ProcessWatch } from "../src/process/process-watch.ts";
import { type RequestCalls, requestCallsOf } from "../src/process/request-calls.ts";
import { fakePorts } from "./fake-ports.ts";

export const accepted: FetchResponse = { status: 202, headers: new Headers(), text: async () => "" };

/** A process, and a client in it. `over`: what the runtime has beside it. */
export function clientOf(options: object = {}, over: Partial<Process> = {}, ports: Partial<Ports> = {}) {
  const listeners = new Set<ProcessWatch>();
  const requests: [string, FetchInit][] = [];
  const sent: string[] = [];
  const errors: WhisperrError[] = [];
  const holding = fakePorts();
  const fake = fakePorts({
    async fetch(url, init) {
      requests.push([url, init]);
      const { events, external_user_id } = JSON.parse(init.body);
      if (external_user_id) sent.push(`${external_user_id} identify`);
      for (const event of events ?? []) sent.push(`${event.external_user_id} ${event.event_type}`);
      return accepted;
    },
    onStep: undefined,
    ...ports,
  });
  let elapsedMs = 5000;
  const leave = vi.fn();
  const parts: Process = {
    ports: fake.ports,
    end: {
      join: vi.fn(() => leave),
      listen: (watch) => void listeners.add(watch),
      unlisten: (watch) => void listeners.delete(watch),
      holdingTimers: holding.ports.timers,
      elapsedMs: () => elapsedMs,
    },
    environmentKey: () => undefined,
    ...over,
  };
  const given = {
    apiKey: "wrk_test",
    onError: (error: WhisperrError) => void errors.push(error),
    ...options,
  };
  const client: ServerClient = createProcessClient(given as ProcessOptions, () => parts);
  return {
    client,
    calls: requestCallsOf(client) as RequestCalls,
    requests,
    sent,
    errors,
    log: fake.log,
    timers: fake.timers,
    holding: holding.timers,
    listeners,
    end: parts.end,
    leave,
    passMs: (ms: number) => {
      elapsedMs += ms;
    },
  };
}
