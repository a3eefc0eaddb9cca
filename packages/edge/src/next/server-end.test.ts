import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { boundWaits } from "./server-end.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

const never = new Promise<never>(() => {});

/** A client in a server process that is played; what happens is noted in `seen`. */
function stage() {
  const seen: string[] = [];
  const host = Object.assign(new EventEmitter(), {
    pid: 7,
    kill: (pid: number, signal: string) => void seen.push(`kill ${pid} ${signal}`),
  });
  vi.stubGlobal("process", host);
  const wait = boundWaits({ hurry: () => seen.push("hurry"), abandon: () => seen.push("abandon") });
  vi.unstubAllGlobals();
  const waits = (promise: Promise<unknown>, name: string) =>
    void wait(promise).then(() => seen.push(`${name} is over`));
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const listeners = () => host.eventNames().map(String).sort();
  return { host, seen, waits, pass, listeners };
}

test("it listens while something waits, and leaves nothing behind", async () => {
  const { seen, waits, pass, listeners } = stage();
  expect(listeners()).toEqual([]);
  waits(pass(100), "one");
  waits(pass(200), "two");
  expect(listeners()).toEqual(["SIGINT", "SIGTERM", "exit"]);
  await pass(200);
  expect(seen).toEqual(["one is over", "two is over"]);
  expect(listeners()).toEqual([]);
});

test("a promise that is rejected is over like any other", async () => {
  const { seen, waits, pass } = stage();
  waits(Promise.reject(new Error("the platform's own")), "one");
  await pass(0);
  expect(seen).toEqual(["one is over"]);
});

test("when the server is told to end, what waits is hurried, and no wait takes longer than 4 seconds", async () => {
  const { host, seen, waits, pass } = stage();
  host.on("SIGTERM", () => seen.push("Next.js ends"));
  waits(never, "one");
  await pass(60_000);
  expect(seen).toEqual([]);
  host.emit("SIGTERM", "SIGTERM");
  expect(seen).toEqual(["Next.js ends", "hurry"]);
  await pass(3_999);
  expect(seen).toHaveLength(2);
  await pass(1);
  expect(seen).toEqual(["Next.js ends", "hurry", "one is over"]);
  host.emit("exit", 143);
  expect(seen.at(-1)).toBe("abandon");
});

test("requests that still run then get what is left of it, and a second at least", async () => {
  const { host, seen, waits, pass } = stage();
  host.on("SIGINT", () => {});
  waits(never, "first");
  host.emit("SIGINT", "SIGINT");
  await pass(1_000);
  waits(never, "second");
  await pass(3_000);
  expect(seen).toEqual(["hurry", "first is over", "second is over"]);
  await pass(10_000);
  waits(never, "late");
  await pass(999);
  expect(seen).toHaveLength(3);
  await pass(1);
  expect(seen.at(-1)).toBe("late is over");
});

test.each([
  ["all is delivered", 100],
  ["time is up", 3_600_000],
])("where nobody else listens, the signal is raised again once %s", async (_when, ms) => {
  const { host, seen, waits, pass } = stage();
  waits(new Promise((resolve) => setTimeout(resolve, ms)), "one");
  host.emit("SIGTERM", "SIGTERM");
  await pass(4_000);
  expect(seen).toEqual(["hurry", "abandon", "kill 7 SIGTERM", "one is over"]);
  expect(host.listenerCount("SIGTERM")).toBe(0);
  vi.clearAllTimers();
});

test("a second signal ends the process at once", () => {
  const { host, seen, waits } = stage();
  waits(never, "one");
  host.emit("SIGINT", "SIGINT");
  host.emit("SIGINT", "SIGINT");
  expect(seen).toEqual(["hurry", "abandon", "kill 7 SIGINT"]);
  vi.clearAllTimers();
});

test("in Next.js' own edge runtime nobody is told: a wait takes 4 seconds at most", async () => {
  vi.stubGlobal("EdgeRuntime", "edge-runtime");
  const { seen, waits, pass, listeners } = stage();
  waits(never, "one");
  expect(listeners()).toEqual([]);
  await pass(3_999);
  expect(seen).toEqual([]);
  await pass(1);
  expect(seen).toEqual(["one is over"]);
});
