/** Requests that end before the API has answered: an event that nobody answers does not stop the others. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";
import { createRequestClient } from "./request-client.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Events that the API took, and reasons that the app heard. */
let taken: string[] = [];
let heard: string[] = [];

const options = {
  apiKey: "wrk_test_key",
  waitUntilTimeoutMs: 5000,
  onError: ({ type, reason = type }: { readonly type: string; readonly reason?: string }) =>
    void heard.push(reason),
  waitUntil(promise: Promise<unknown>) {
    void promise;
  },
  async fetch(_url: string, { body }: { readonly body: string }) {
    if (body.includes("<script>")) return new Promise<never>(() => {});
    const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
    taken.push(...events.map(({ event_type }) => event_type));
    return { status: 202, headers: new Headers(), text: async () => "{}" };
  },
};

test.each<[string, () => Whisperr]>([
  ["a client for all requests", () => createWhisperr(options)],
  [
    "a client that outlives its request",
    () => {
      const { api, handlerReturned } = createRequestClient(options, new Set());
      handlerReturned();
      return api;
    },
  ],
])("%s, each of them over before a request's timeout, delivers all but the one", async (_which, create) => {
  [taken, heard] = [[], []];
  const client = create();
  client.track("ada", "one");
  client.track("ada", "bad", { q: "<script>" });
  client.track("ada", "two");
  let requests = 0;
  for (; !heard.includes("undeliverable") && requests < 60; requests++) {
    await vi.advanceTimersByTimeAsync(20_000);
    client.track("ada", "more");
  }
  await vi.advanceTimersByTimeAsync(20_000);

  expect(client.stats()).toMatchObject({ dropped: { undeliverable: 1 }, pending: 0 });
  expect(taken).toEqual(["one", "two", ...Array<string>(requests).fill("more")]);
  expect(requests).toBeLessThan(20);
});
