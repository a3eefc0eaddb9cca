/** A host whose built-ins other code has replaced: no call throws into the app, and once they are back, delivery goes on. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN, callsOf, thrownWithout } from "../../../core/test/hostile-host.ts";
import { imbalance } from "../../../core/test/imbalance.ts";
import { aStorage } from "../../test/durable-fixtures.ts";
import { durableObjectOutbox } from "../cloudflare/durable-object/outbox.ts";
import { WhisperrOutbox } from "../cloudflare/durable-object/whisperr-outbox.ts";
import { queueOutbox } from "../cloudflare/queue/outbox.ts";
import type { EdgeOptions } from "../options.ts";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";
import { createRequestClient } from "./request-client.ts";

let names: string[];
/** What a Queue holds. */
let messages: unknown[];

beforeEach(() => {
  [names, messages] = [[], []];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => void vi.useRealTimers());

const OPTIONS: EdgeOptions = {
  apiKey: "wrk_test_key",
  onError() {},
  async fetch(_url, { body }) {
    const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
    for (const one of events) names.push(one.event_type);
    return { status: 202, headers: new Headers(), text: async () => "{}" };
  },
};

const waitUntil = (promise: Promise<unknown>) => void promise;

/** What Cloudflare's bindings are here: they say what they were given, and nothing else. */
const queue = {
  async sendBatch(batch: Iterable<{ readonly body: unknown }>) {
    for (const { body } of batch) {
      messages[messages.length] = body;
    }
  },
};

/** What an object keeps counts as arrived. */
function countedStorage() {
  const storage = aStorage();
  const { exec } = storage.sql;
  storage.sql.exec = (query, ...bindings) => {
    if (query.startsWith("INSERT")) messages[messages.length] = bindings;
    return exec(query, ...bindings);
  };
  return storage;
}

const CLIENTS: [of: string, create: () => Whisperr][] = [
  ["all requests", () => createWhisperr({ ...OPTIONS, waitUntil })],
  ["one request", () => createRequestClient({ ...OPTIONS, waitUntil }, new Set()).api],
  [
    "one request, with a Queue",
    () => createRequestClient({ ...OPTIONS, outbox: queueOutbox(queue), waitUntil }, new Set()).api,
  ],
  [
    "all requests, with a Durable Object",
    () => {
      const object = new WhisperrOutbox({ storage: countedStorage() }, {});
      const namespace = {
        idFromName: (name: string) => name,
        get: () => ({
          fetch: (_url: string, { body }: { readonly body: string }) =>
            object.fetch(new Request("https://whisperr/operations", { method: "POST", body })),
        }),
      };
      return createWhisperr({ ...OPTIONS, outbox: durableObjectOutbox(namespace as never), waitUntil });
    },
  ],
];

describe.each(CLIENTS)("the client of %s", (_of, create) => {
  test.each(BUILT_IN)("%s that throws throws from no call, and delivery goes on", async (...builtIn) => {
    const client = create();
    client.track("ada", "before");
    const thrown = thrownWithout(builtIn, callsOf(client));
    expect(thrown).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    client.track("ada", "after");
    const flushed = client.flush();
    await vi.advanceTimersByTimeAsync(30_000);

    expect(await flushed).toMatchObject({ pending: 0 });
    expect(imbalance(client.stats())).toBe(0);
    expect(names.length + messages.length).toBeGreaterThanOrEqual(2);
  });
});
