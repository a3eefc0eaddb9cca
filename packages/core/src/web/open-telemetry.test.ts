/** Against an API of OpenTelemetry as a test needs it; packages/node tests with the real one. */
import { afterEach, expect, test, vi } from "vitest";
import { fakePorts } from "../../test/fake-ports.ts";
import type { FetchInit, FetchLike, FetchResponse } from "../ports.ts";
import { activeSpan, traced, untraced } from "./open-telemetry.ts";

const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const SUPPRESSED = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";

const host = globalThis as { [API]?: unknown };
afterEach(() => void delete host[API]);

class Context {
  readonly #values: ReadonlyMap<symbol, unknown>;
  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values;
  }
  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }
  setValue(key: symbol, value: unknown): Context {
    return new Context(new Map([...this.#values, [key, value]]));
  }
}

/** The API, in a context that has these values. Returns the one that is active now. */
function install(...values: [symbol, unknown][]): () => Context {
  let active = new Context(new Map(values));
  const context = {
    active: () => active,
    with<T>(inner: Context, run: () => T): T {
      const outer = active;
      active = inner;
      try {
        return run();
      } finally {
        active = outer;
      }
    },
  };
  host[API] = { context };
  return () => active;
}

const span = (traceId: string) => ({ spanContext: () => ({ traceId, spanId: SPAN_ID }) });
const init = {} as FetchInit;
const answer: FetchResponse = { status: 202, headers: new Headers(), text: async () => "" };

test("the span of a call is the one that its context has", () => {
  install([SPAN, span(TRACE_ID)]);
  expect(activeSpan()).toEqual({ trace_id: TRACE_ID, span_id: SPAN_ID });
});

test.each<[string, unknown]>([
  ["there is no OpenTelemetry", undefined],
  ["its API has no contexts", {}],
  ["its contexts are broken", { context: {} }],
])("there is none where %s", (_where, api) => {
  host[API] = api;
  expect(activeSpan()).toBeUndefined();
});

test.each<[string, object | undefined]>([
  ["there is none", undefined],
  ["nobody records it", span("0".repeat(32))],
  ["it is broken", {}],
])("nor where the context has one, but %s", (_but, value) => {
  install([SPAN, value]);
  expect(activeSpan()).toBeUndefined();
});

test("a request is sent once, in a context that suppresses tracing and has all else", async () => {
  const active = install([SPAN, span(TRACE_ID)]);
  const fetch = vi.fn<FetchLike>(async () => answer);
  const contexts: unknown[][] = [];
  const send = untraced((...given) => {
    contexts.push([active().getValue(SUPPRESSED), active().getValue(SPAN)]);
    return fetch(...given);
  });
  expect(await send("https://a.example", init)).toBe(answer);
  expect(fetch.mock.calls).toEqual([["https://a.example", init]]);
  expect(contexts).toEqual([[true, expect.anything()]]);
  expect(active().getValue(SUPPRESSED), "outside of the request").toBeUndefined();
});

test.each<[string, unknown]>([
  ["there is no OpenTelemetry", undefined],
  ["its API has no contexts", {}],
  ["its contexts are broken", { context: {} }],
])("and once where %s", async (_where, api) => {
  host[API] = api;
  const fetch = vi.fn<FetchLike>(async () => answer);
  expect(await untraced(fetch)("https://a.example", init)).toBe(answer);
  expect(fetch.mock.calls).toEqual([["https://a.example", init]]);
});

test("a context that throws after it has sent the request sends no second one", async () => {
  const active = install();
  const context = {
    active,
    with(_context: unknown, run: () => void): void {
      run();
      throw new Error("broken");
    },
  };
  host[API] = { context };
  const fetch = vi.fn<FetchLike>(async () => answer);
  expect(await untraced(fetch)("https://a.example", init)).toBe(answer);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("a server's ports name the span of a call and keep their requests out of traces; the rest is as it was", async () => {
  const active = install([SPAN, span(TRACE_ID)]);
  const suppressed: unknown[] = [];
  const { ports } = fakePorts({
    fetch: async () => {
      suppressed.push(active().getValue(SUPPRESSED));
      return answer;
    },
  });
  const { fetch, spanOfCall, ...rest } = traced(ports);
  await fetch("https://a.example", init);
  expect(suppressed).toEqual([true]);
  expect(spanOfCall?.()).toEqual({ trace_id: TRACE_ID, span_id: SPAN_ID });
  expect({ ...rest, fetch: ports.fetch }).toEqual(ports);
});
