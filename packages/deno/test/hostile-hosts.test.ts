/** Deno with built-ins that other code has replaced: no call throws into the app, and once they are back, delivery goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BUILT_IN, callsOf, thrownWithout } from "../../core/test/hostile-host.ts";
import { imbalance } from "../../core/test/imbalance.ts";
import { createWhisperr } from "../src/index.ts";
import { fakeDeno, stubProcessEvents } from "./fake-deno.ts";

beforeEach(() => {
  stubProcessEvents();
  vi.stubGlobal("Deno", fakeDeno({ WHISPERR_API_KEY: "wrk_from_environment" }));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each(BUILT_IN)("%s that throws throws from no call, and delivery goes on", async (...builtIn) => {
  const names: string[] = [];
  const client = createWhisperr({
    onError() {},
    async fetch(_url, { body }) {
      const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
      for (const one of events) names.push(one.event_type);
      return { status: 202, headers: new Headers(), text: async () => "{}" };
    },
  });
  client.track("ada", "before");
  const thrown = thrownWithout(builtIn, callsOf(client));
  expect(thrown).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  client.track("ada", "after");
  const ended = client.shutdown();
  await vi.advanceTimersByTimeAsync(20_000);

  expect(await ended).toMatchObject({ pending: 0 });
  expect(names).toEqual(expect.arrayContaining(["before", "after"]));
  expect(imbalance(client.stats())).toBe(0);
});
