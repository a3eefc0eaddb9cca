/** A host whose clock and dice are not as they should be: the queue goes on, and the books balance. */
import { afterEach, expect, test, vi } from "vitest";
import { createServerClient } from "../client/server-client.ts";
import { resolveOptions, type WhisperrOptions } from "../options.ts";
import { webPorts } from "../web/web-ports.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

interface Host {
  readonly options?: Partial<WhisperrOptions>;
  /** Statuses in turn; 202 once they are used up. */
  readonly statuses?: number[];
}

function clientOn({ options = {}, statuses = [] }: Host) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const names: string[] = [];
  const errors: { reason?: string; type: string; message: string }[] = [];
  let requests = 0;
  const all: WhisperrOptions = {
    apiKey: "wrk_test_key",
    flushIntervalMs: 10_000,
    maxRetries: 2,
    onError: (error) => void errors.push(error),
    fetch: async (_url, { body }) => {
      requests++;
      const status = statuses.shift() ?? 202;
      if (status === 202) {
        for (const one of (JSON.parse(body) as { events: { event_type: string }[] }).events)
          names.push(one.event_type);
      }
      return { status, headers: new Headers(), text: async () => "{}" };
    },
    ...options,
  };
  const { api } = createServerClient(
    all,
    resolveOptions(all, { maxQueueSize: 10_000 }),
    webPorts(all.fetch as never),
  );
  return { api, names, errors, requests: () => requests };
}

function expectBalance({
  stats,
}: {
  stats(): { accepted: number; delivered: number; dropped: object; pending: number };
}) {
  const { accepted, delivered, dropped, pending } = stats();
  const lost = Object.values(dropped).reduce((sum: number, count: number) => sum + count, 0);
  expect(delivered + lost + pending).toBe(accepted);
}

const CLOCKS: [string, () => number][] = [
  ["says NaN", () => Number.NaN],
  ["says Infinity", () => Number.POSITIVE_INFINITY],
  ["says -Infinity", () => Number.NEGATIVE_INFINITY],
  ["says 1e20", () => 1e20],
  ["says text", () => "soon" as never],
  ["says nothing", () => undefined as never],
  ["says a BigInt", () => 5n as never],
  ["says a Symbol", () => Symbol("now") as never],
  [
    "throws",
    () => {
      throw new Error("no clock");
    },
  ],
];

test.each(CLOCKS)("a clock that once %s at track() costs that event at most", async (_name, now) => {
  const { api, names } = clientOn({});
  api.track("ada", "before");
  vi.spyOn(Date, "now").mockImplementationOnce(now);
  expect(() => api.track("ada", "odd")).not.toThrow();
  api.track("ada", "after");
  await api.flush();

  expect(names.filter((name) => name !== "odd")).toEqual(["before", "after"]);
  expect(api.stats().pending).toBe(0);
  expectBalance(api);
});

test.each(CLOCKS)("a clock that %s while a request is under way ends nothing", async (_name, now) => {
  const { api, names } = clientOn({ statuses: [503, 429] });
  api.track("ada", "bought");
  vi.spyOn(Date, "now").mockImplementation(now);
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["bought"]);
  expectBalance(api);
});

test.each<[string, () => number]>([
  [
    "throws",
    () => {
      throw new Error("no dice");
    },
  ],
  ["is NaN", () => Number.NaN],
  ["is Infinity", () => Number.POSITIVE_INFINITY],
  ["is -5", () => -5],
  ["is text", () => "x" as never],
])("randomness that %s ends nothing, and spares no wait", async (_name, random) => {
  const { api, names, requests } = clientOn({ statuses: [503, 503] });
  vi.spyOn(Math, "random").mockImplementation(random);
  api.track("ada", "bought");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(requests()).toBe(1);
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["bought"]);
  expectBalance(api);
});
