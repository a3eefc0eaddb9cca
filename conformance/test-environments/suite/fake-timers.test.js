/** The fake timers of the runner: they decide when events leave, and a `flush()` under them still ends. */
import { createWhisperr } from "@whisperr/node";
import { startIngestion } from "@whisperr/node/testing";

const clock = globalThis.vi ?? jest;

test("events leave when the test's clock says so, stamped with its time", async () => {
  const bodies = [];
  clock.useFakeTimers({ now: Date.UTC(2026, 5, 14, 12) });
  try {
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      async fetch(_url, { body }) {
        bodies.push(JSON.parse(body));
        return { status: 202, headers: new Map(), text: async () => "{}" };
      },
    });
    whisperr.track("user_8842", "step_taken");
    await clock.advanceTimersByTimeAsync(9_999);
    expect(bodies).toEqual([]);
    await clock.advanceTimersByTimeAsync(1);
    expect(bodies.map(({ events }) => events[0].occurred_at)).toEqual(["2026-06-14T12:00:00.000Z"]);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
  } finally {
    clock.useRealTimers();
  }
});

test("a flush() to a real server ends while the clock stands still", async () => {
  const api = await startIngestion();
  clock.useFakeTimers();
  try {
    const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url });
    whisperr.track("user_8842", "step_taken");
    expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  } finally {
    clock.useRealTimers();
  }
  expect(api.tracked("step_taken")).toHaveLength(1);
  await api.close();
});
