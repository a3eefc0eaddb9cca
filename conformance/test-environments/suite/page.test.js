/** The clients of a page, in a DOM of a test. The API is in the process that started this one, and says what arrived. */
import { createWhisperr } from "@whisperr/browser";
import { createTestWhisperr, matchers } from "@whisperr/browser/testing";

expect.extend(matchers);

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

test("a localStorage and a crypto that a test made up lose nothing", async () => {
  const errors = [];
  const made = {
    localStorage: { getItem() {}, setItem() {}, removeItem() {}, clear() {} },
    crypto: { randomUUID: () => "uuid-1" },
  };
  const before = Object.keys(made).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(made))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const onError = ({ reason }) => errors.push(reason);
  const whisperr = createWhisperr({ ...options(errors), pageViews: false, onError });
  whisperr.track("cart_opened");
  await whisperr.flush();
  whisperr.track("cart_closed");
  await whisperr.shutdown();
  for (const [name, descriptor] of before) {
    delete globalThis[name];
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
  }
  expect(errors).toEqual(["storage_failed"]);
  expect(whisperr.stats()).toMatchObject({ delivered: 2, pending: 0, dropped: {} });
});

test("a client that would send to production, and what is no option, are told of", async () => {
  const told = [];
  const { warn } = console;
  console.warn = (message) => told.push(message);
  const whisperr = createWhisperr({ apiKey: "wrk_of_production", pageViews: false, writeKey: "wrk_old" });
  console.warn = warn;
  await whisperr.shutdown();
  expect(told).toEqual([
    expect.stringContaining('createWhisperr() has no option "writeKey": write apiKey'),
    expect.stringContaining("This is a test run, and this client sends to https://api.whisperr.net"),
  ]);
});

test("the client for tests records, and refuses what is wrong where it is", () => {
  const whisperr = createTestWhisperr();
  whisperr.track("cart_opened", { items: ["book"] });
  whisperr.identify("user_8842", { email: "ada@example.com" });
  expect(whisperr).toHaveTracked("cart_opened", { items: ["book"] });
  expect(whisperr).not.toHaveTracked("page_viewed");
  expect(whisperr).toHaveIdentified("user_8842");
  expect(() => whisperr.track("Not A Name")).toThrow("lowercase_snake_case");
});
