/** The client of a server, as an app has it, delivers to an API in the test. For runners that have `test` and `expect` as globals. */
import { createWhisperr } from "@whisperr/node";
import { startIngestion } from "@whisperr/node/testing";
import { checkout } from "./checkout.js";

test("a server's client delivers, once and in order, whatever the API does", async () => {
  const api = await startIngestion();
  const errors = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    baseUrl: api.url,
    backoff: { baseMs: 1 },
    onError: (error) => errors.push(error.message),
  });
  api.fail(503, { times: 2 });
  await checkout(whisperr, "user_8842", { card: "declined" });
  expect(await whisperr.flush()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  api.loseAnswer();
  whisperr.forUser("user_8842").track("plan_upgraded", { plan: "pro", at: new Date(0), count: 3n });
  expect(await whisperr.shutdown()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  const [identified, ...events] = api.timeline("user_8842");
  expect(identified.traits).toEqual({ plan: "pro" });
  expect(identified.channels).toEqual([{ type: "email", address: "ada@example.com", optedIn: true }]);
  expect(events.map(({ event, properties }) => [event, properties])).toEqual([
    ["payment_failed", { amount_cents: 4900, items: ["book"] }],
    ["plan_upgraded", { plan: "pro", at: "1970-01-01T00:00:00.000Z", count: 3 }],
  ]);
  expect(errors).toEqual([]);
  await api.close();
});

test("one that goes with the test leaves nothing behind", async () => {
  const api = await startIngestion();
  const listeners = process.listenerCount("beforeExit");
  for (let number = 0; number < 12; number++) {
    const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url });
    whisperr.track("user_8842", "step_taken", { number });
    await whisperr.shutdown();
  }
  expect(api.tracked("step_taken").map(({ properties }) => properties.number)).toHaveLength(12);
  expect(process.listenerCount("beforeExit")).toBe(listeners);
  await api.close();
});
