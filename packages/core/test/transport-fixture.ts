/** One request through the real transport, with a fetch that the test writes. */
import { expect } from "vitest";
import type { Batch } from "../src/events/wire.ts";
import { type Answer, createTransport, type RequestUnderWay } from "../src/http/exchange.ts";
import type { FetchLike, FetchResponse, Ports } from "../src/ports.ts";
import { type FakeTimers, fakePorts, settle } from "./fake-ports.ts";

export const BATCH: Batch = { path: "/v1/events/batch", body: '{"events":[]}', count: 1 };

export const never = () => new Promise<never>(() => {});

export function response(over: Partial<FetchResponse> = {}): FetchResponse {
  return { status: 202, headers: new Headers(), text: () => Promise.resolve("{}"), ...over };
}

/** A body that arrives in these parts, and then does `end`. */
export function bodyOf(parts: readonly string[], end: () => Promise<{ done: true; value?: undefined }>) {
  const encoder = new TextEncoder();
  const waiting = [...parts];
  const body = {
    cancelled: false,
    getReader: () => ({
      read: async () => {
        const part = waiting.shift();
        return part === undefined ? end() : { done: false as const, value: encoder.encode(part) };
      },
      cancel: () => {
        body.cancelled = true;
        return Promise.resolve();
      },
    }),
  };
  return body;
}

export interface Exchange {
  readonly request: RequestUnderWay;
  readonly timers: FakeTimers;
  /** What came of it so far. */
  answer(): Answer | undefined;
}

export function exchange(fetch: FetchLike, over: Partial<Ports> = {}): Exchange {
  const { ports, timers } = fakePorts({ fetch, ...over });
  const transport = createTransport(
    { baseUrl: "https://api.example.com/ingest", apiKey: "wrk_test", requestTimeoutMs: 10_000 },
    ports,
  );
  let answer: Answer | undefined;
  const request = transport(BATCH);
  void request.answer.then((given) => {
    answer = given;
  });
  return { request, timers, answer: () => answer };
}

/** What came of it once everything has happened that can; undefined when it hangs. */
export async function answerTo(fetch: FetchLike): Promise<Answer | undefined> {
  const { answer, timers } = exchange(fetch);
  await settle();
  if (answer() !== undefined) expect(timers.delays(), "no timer outlives its request").toEqual([]);
  return answer();
}
