/** A host whose built-ins other code has replaced: no call throws into the app, and once they are back, delivery goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWhisperr } from "./create-whisperr.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const refused = (): never => {
  throw new Error("refused");
};

const BUILT_IN: [string, object, string][] = [
  ["JSON.stringify", JSON, "stringify"],
  ["Date.now", Date, "now"],
  ["Array.prototype.push", Array.prototype, "push"],
  ["Array.prototype.at", Array.prototype, "at"],
  ["Array.prototype.indexOf", Array.prototype, "indexOf"],
  ["Promise.prototype.then", Promise.prototype, "then"],
  ["Promise.resolve", Promise, "resolve"],
  ["Math.min", Math, "min"],
  ["setTimeout", globalThis, "setTimeout"],
];

test.each(BUILT_IN)("%s that throws throws from no call, and delivery goes on", async (_name, of, method) => {
  const names: string[] = [];
  const client = createWhisperr({
    apiKey: "wrk_test_key",
    onError() {},
    waitUntil(promise) {
      void promise;
    },
    async fetch(_url, { body }) {
      const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
      for (const one of events) names.push(one.event_type);
      return { status: 202, headers: new Headers(), text: async () => "{}" };
    },
  });
  client.track("ada", "before");
  const thrown: unknown[] = [];
  const built = of as { [name: string]: unknown };
  const original = built[method];
  built[method] = refused;
  for (const call of [
    () => client.track("ada", "meanwhile"),
    () => client.identify("ada", { email: "ada@example.com" }),
    () => void client.flush(),
    () => void client.flush({ timeoutMs: 10 }),
    () => client.stats(),
  ]) {
    try {
      call();
    } catch (error) {
      thrown[thrown.length] = error;
    }
  }
  built[method] = original;
  expect(thrown).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  client.track("ada", "after");
  const flushed = client.flush();
  await vi.advanceTimersByTimeAsync(20_000);

  expect(await flushed).toMatchObject({ pending: 0 });
  expect(names).toContain("before");
  expect(names).toContain("after");
});
