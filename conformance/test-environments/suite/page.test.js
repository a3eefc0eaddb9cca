/** The client of a page, in a DOM of a test. The API is in the process that started this one, and says what arrived. */
import { createWhisperr } from "@whisperr/browser";

const options = (errors) => ({
  apiKey: "wrk_test",
  baseUrl: process.env.API_URL,
  backoff: { baseMs: 1 },
  onError: (error) => errors.push(error.message),
});

test("a page's client delivers, once and in order", async () => {
  const errors = [];
  const whisperr = createWhisperr(options(errors));
  whisperr.track("cart_opened", { items: ["book"] });
  whisperr.identify("user_8842", { email: "ada@example.com" });
  whisperr.track("payment_failed", { amount_cents: 4900 });
  await whisperr.flush();
  history.pushState({}, "", "/thanks");
  whisperr.track("plan_upgraded");
  await whisperr.shutdown();
  expect(errors).toEqual([]);
  expect(whisperr.stats()).toMatchObject({ delivered: 6, pending: 0, dropped: {} });
});

test("the next test's client is another one, and an emptied storage is another visitor's", async () => {
  localStorage.clear();
  const errors = [];
  const whisperr = createWhisperr({ ...options(errors), pageViews: false });
  whisperr.track("cart_opened");
  await whisperr.shutdown();
  expect(errors).toEqual([]);
  expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0, dropped: {} });
});
