import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";
import { PROCESS_END, timers, warningInTests } from "./process.ts";

const NOON = "2026-06-14T12:00:00.000Z";

beforeEach(() => void vi.useFakeTimers({ now: new Date(NOON) }));
afterEach(() => void vi.useRealTimers());

test("fake timers of a test take hold, though they were installed after this module was loaded", () => {
  const fired = vi.fn();
  timers.set(fired, 1000);
  const cleared = timers.set(fired, 1000);
  timers.clear(cleared);
  vi.advanceTimersByTime(999);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fired).toHaveBeenCalledOnce();
});

test("a timer does not keep the process alive", () => {
  vi.useRealTimers();
  const timer = timers.set(() => {}, 1000) as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(false);
  timers.clear(timer);
});

test("timers that are plain numbers, as some fakes and browsers make them, will do", () => {
  vi.useRealTimers();
  const fake = vi.spyOn(globalThis, "setTimeout").mockReturnValue(1 as unknown as NodeJS.Timeout);
  onTestFinished(() => fake.mockRestore());
  expect(timers.set(() => {}, 1000)).toBe(1);
});

test("clearing no timer does nothing", () => {
  expect(() => timers.clear(undefined)).not.toThrow();
});

test("the interval delivers an event at its default age, stamped with the time of the call", async () => {
  const bodies: string[] = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    async fetch(_url, { body }) {
      bodies.push(body);
      return new Response("{}");
    },
  });
  whisperr.track("ada", "signed_up");
  await vi.advanceTimersByTimeAsync(9999);
  expect(bodies).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ events: [{ occurred_at: NOON }] });
  expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

test("several copies of the module share one listener of the process, and it goes with the last client that needs it", async () => {
  vi.useRealTimers();
  // Clients that other tests have left behind listen there.
  const exit = Symbol.for("@whisperr/node exit 2");
  const left = Object.getOwnPropertyDescriptor(process, exit);
  Reflect.deleteProperty(process, exit);
  onTestFinished(() => void (left && Object.defineProperty(process, exit, left)));
  const before = process.listenerCount("beforeExit");
  const clients: Whisperr[] = [];
  for (let copy = 0; copy < 12; copy++) {
    vi.resetModules();
    const { createWhisperr: create } = await import("./create-whisperr.ts");
    clients.push(create({ apiKey: "wrk_test", fetch: async () => new Response("{}") }));
  }
  for (const client of clients) client.track("ada", "signed_up");
  expect(process.listenerCount("beforeExit")).toBe(before + 1);
  process.emit("beforeExit", 0);
  await expect.poll(() => clients.map((client) => client.stats().pending)).toEqual(clients.map(() => 0));
  await expect.poll(() => process.listenerCount("beforeExit")).toBe(before);
});

test("a test's DOM that took setImmediate away does no harm", async () => {
  vi.useRealTimers();
  vi.stubGlobal("setImmediate", undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const whisperr = createWhisperr({ apiKey: "wrk_test", fetch: async () => new Response("{}") });
  expect(() => whisperr.track("ada", "signed_up")).not.toThrow();
  expect(await whisperr.flush()).toMatchObject({ delivered: 1 });
});

test("Node's own test runner is seen where it runs all tests in its own process, too", () => {
  for (const name of ["NODE_ENV", "VITEST", "JEST_WORKER_ID", "NODE_TEST_CONTEXT"])
    vi.stubEnv(name, undefined);
  const { execArgv } = process;
  const told = Symbol.for("@whisperr/node tests 1");
  const before = Object.getOwnPropertyDescriptor(process, told);
  Reflect.deleteProperty(process, told);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    Object.assign(process, { execArgv });
    Reflect.deleteProperty(process, told);
    if (before) Object.defineProperty(process, told, before);
  });
  expect(warningInTests("https://api.whisperr.net")).toBeUndefined();
  Object.assign(process, { execArgv: ["--test", "--test-isolation=none"] });
  expect(warningInTests("https://api.whisperr.net")).toContain("This is a test run");
});

test("a host without performance and execArgv has what a client needs all the same", async () => {
  vi.useRealTimers();
  vi.stubGlobal("performance", undefined);
  const { execArgv } = process;
  Object.assign(process, { execArgv: undefined });
  const whisperr = createWhisperr({ apiKey: "wrk_test", fetch: async () => new Response("{}") });
  whisperr.track("ada", "signed_up");
  const elapsedMs = PROCESS_END.elapsedMs();
  const ended = whisperr.shutdown({ timeoutMs: 60_000 });
  // Before anything else has its turn: the test runner needs both.
  Object.assign(process, { execArgv });
  vi.unstubAllGlobals();
  expect(elapsedMs).toBeGreaterThan(0);
  expect(await ended).toMatchObject({ delivered: 1 });
});
