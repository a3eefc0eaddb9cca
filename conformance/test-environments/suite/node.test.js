/** node:test with Sinon, MSW and nock: the runner has no matchers, and its processes end by themselves. */
import assert from "node:assert/strict";
import test from "node:test";
import { createWhisperr } from "@whisperr/node";
import { assertIdentified, assertTracked, startIngestion } from "@whisperr/node/testing";
import sinon from "sinon";
import { checkout } from "./checkout.js";

test("a server's client delivers, once and in order, whatever the API does", async () => {
  const api = await startIngestion();
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, backoff: { baseMs: 1 } });
  api.fail(503, { times: 2 });
  await checkout(whisperr, "user_8842", { card: "declined" });
  api.loseAnswer();
  assert.deepEqual(await whisperr.shutdown(), { delivered: 2, dropped: 0, pending: 0 });
  assertIdentified(api, "user_8842", { traits: { plan: "pro" } });
  assertTracked(api, "payment_failed", { amount_cents: 4900 });
  assert.equal(api.tracked().length, 1);
  await api.close();
});

test("events leave when Sinon's clock says so", async () => {
  const clock = sinon.useFakeTimers({ now: Date.UTC(2026, 5, 14, 12) });
  const fetch = sinon.fake(async () => ({ status: 202, headers: new Map(), text: async () => "{}" }));
  const whisperr = createWhisperr({ apiKey: "wrk_test", fetch });
  whisperr.track("user_8842", "step_taken");
  await clock.tickAsync(9_999);
  sinon.assert.notCalled(fetch);
  await clock.tickAsync(1);
  sinon.assert.calledOnce(fetch);
  assert.equal(whisperr.stats().delivered, 1);
  clock.restore();
});
