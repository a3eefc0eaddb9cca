/** An API for unit tests: answers what it is told, and remembers what it got. */
import type { FetchLike } from "@whisperr/core";

export interface FakeApi {
  readonly fetch: FetchLike;
  /** The names of the events of each request. */
  readonly requests: string[][];
  /** From now on: a status, or null for no answer at all. */
  answer: number | null;
  /** The header, from now on. */
  retryAfter?: string;
}

export function fakeApi(answer: number | null = 202): FakeApi {
  const api: FakeApi = {
    answer,
    requests: [],
    fetch: (_url, { body, signal }) => {
      const { events } = JSON.parse(body) as { events: { event_type: string }[] };
      api.requests.push(events.map((event) => event.event_type));
      const headers = { "retry-after": api.retryAfter ?? "" };
      if (api.answer !== null) return Promise.resolve(new Response("{}", { status: api.answer, headers }));
      return new Promise((_resolve, reject) => {
        (signal as AbortSignal).addEventListener("abort", () => reject(new Error("aborted")));
      });
    },
  };
  return api;
}

/** A request's `waitUntil`: how many promises it got, and whether all of them have settled. */
export interface FakeRequest {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly promises: number;
  readonly open: number;
}

export function fakeRequest(): FakeRequest {
  let promises = 0;
  let open = 0;
  return {
    waitUntil(promise) {
      promises++;
      open++;
      void promise.finally(() => open--);
    },
    get promises() {
      return promises;
    },
    get open() {
      return open;
    },
  };
}
