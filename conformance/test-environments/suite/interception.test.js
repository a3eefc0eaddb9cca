/** What stands in for the network in an app's tests sees what the client sends, and is what it hears. */
import { createWhisperr } from "@whisperr/node";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import nock from "nock";

const API = "https://api.whisperr.net";
const accepted = { accepted: 1, rejected: 0 };

/** Sends one event to the real address. */
async function sendOne() {
  const errors = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    backoff: { baseMs: 1 },
    onError: (error) => errors.push(error.message),
  });
  whisperr.track("user_8842", "payment_failed", { amount_cents: 4900 });
  const flushed = await whisperr.shutdown();
  return { errors, flushed };
}

test("MSW", async () => {
  const seen = [];
  const statuses = [503, 202];
  const server = setupServer(
    http.post(`${API}/v1/events/batch`, async ({ request }) => {
      seen.push([request.headers.get("x-api-key"), (await request.json()).events[0].event_type]);
      return HttpResponse.json(accepted, { status: statuses.shift() });
    }),
  );
  server.listen({ onUnhandledRequest: "error" });
  const { errors, flushed } = await sendOne();
  server.close();
  expect(errors).toEqual([]);
  expect(flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(seen).toEqual([
    ["wrk_test", "payment_failed"],
    ["wrk_test", "payment_failed"],
  ]);
});

test("nock", async () => {
  const seen = [];
  const note = (body) => seen.push(body.events[0].event_type) > 0;
  nock(API).post("/v1/events/batch", note).replyWithError("socket hang up");
  nock(API).post("/v1/events/batch", note).reply(202, accepted);
  const { errors, flushed } = await sendOne();
  const isDone = nock.isDone();
  nock.restore();
  expect(errors).toEqual([]);
  expect(flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(seen).toContain("payment_failed");
  expect(isDone).toBe(true);
});
