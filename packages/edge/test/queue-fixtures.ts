/** Operations, messages and an API for the tests of Queues and Durable Objects. */
import type { FetchInit, FetchResponse, TrackOperation } from "@whisperr/core";

/** An event with this number, of a client that numbers as it likes. */
export function anEvent(number: number, properties: object = { number }): TrackOperation {
  return {
    kind: "track",
    userId: "user_1",
    event: "step_taken",
    atMs: 1_750_000_000_000,
    idPrefix: "f7a1c2e0-4b3d-4f6a-9c1e-",
    idNumber: number,
    properties: JSON.stringify(properties),
    context: "{}",
  };
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: string;
  readonly retryAfter?: string;
}

export interface NumberedApi {
  readonly fetch: (url: string, init: FetchInit) => Promise<FetchResponse>;
  /** The numbers of the events in each request. */
  readonly requests: number[][];
}

/** Answers each request with what `answer` says about its events; 202 when it says nothing. */
export function aNumberedApi(
  answer: (numbers: number[], index: number) => ScriptedAnswer | Promise<ScriptedAnswer> | undefined = () =>
    undefined,
): NumberedApi {
  const requests: number[][] = [];
  return {
    requests,
    async fetch(_url, { body }) {
      const { events = [] } = JSON.parse(body) as { events?: { properties: { number: number } }[] };
      const numbers = events.map(({ properties }) => properties.number);
      requests.push(numbers);
      const said = (await answer(numbers, requests.length - 1)) ?? { status: 202 };
      return {
        status: said.status,
        headers: { get: (name) => (name === "retry-after" ? (said.retryAfter ?? null) : null) },
        text: async () => said.body ?? "",
      };
    },
  };
}
