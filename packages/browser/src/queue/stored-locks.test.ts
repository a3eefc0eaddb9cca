import type { Timers } from "@whisperr/core";
import { expect, it } from "vitest";
import type { Storage } from "../storage/storage.ts";
import { openStoredLocks } from "./stored-locks.ts";

const QUEUE = "0mqdqfeo0";

/** Pages of one browser, whose storage is full from `fill()` on: nothing that needs more room can be stored. */
function browser() {
  const texts = new Map<string, string>();
  let due: (() => void)[] = [];
  let isFull = false;
  let elapsedMs = 0;
  const timers: Timers = { set: (callback) => due.push(callback), clear: () => {} };
  const storage: Storage = {
    keys: () => [...texts.keys()],
    get: (key) => texts.get(key) ?? null,
    set(key, text) {
      if (isFull && text.length > (texts.get(key) ?? "").length) return false;
      texts.set(key, text);
      return true;
    },
    remove: (key) => void texts.delete(key),
  };
  return {
    texts,
    page: (name: string) =>
      openStoredLocks(storage, timers, () => Date.UTC(2026, 5, 14) + elapsedMs, name.padEnd(36, "-")),
    standStill: (ms: number) => {
      elapsedMs += ms;
    },
    fill: () => {
      isFull = true;
    },
    fireTimers() {
      const now = due;
      due = [];
      for (const callback of now) callback();
    },
  };
}

it("gives the queue of a page that was left to one page, though the storage is full", () => {
  const { texts, page, fill, fireTimers } = browser();
  const end = page("left").request(QUEUE, "own", () => {});
  texts.set(`q.${QUEUE}.000000`, "an event");
  end();
  const pages = [page("one"), page("two")];
  fill();
  const answers: boolean[] = [];
  for (const { request } of pages) request(QUEUE, "other", (isGranted) => answers.push(isGranted));
  fireTimers();

  expect(answers).toEqual([true, false]);
});

it("leaves nothing of a lock behind when its queue is empty", () => {
  const { texts, page } = browser();
  const end = page("first").request(QUEUE, "own", () => {});
  texts.set(`q.${QUEUE}.000000`, "an event");
  end();
  expect([...texts.keys()]).toContain(`c.${QUEUE}`);

  texts.delete(`q.${QUEUE}.000000`);
  page("second");
  expect([...texts.keys()]).toEqual([]);
});

it("says so of a lock that another page has taken, when it is asked", () => {
  const { texts, page, fireTimers } = browser();
  const { request, check } = page("sleeper");
  const answers: boolean[] = [];
  request(QUEUE, "other", (isGranted) => answers.push(isGranted));
  fireTimers();
  check();
  expect(answers).toEqual([true]);

  texts.set(`c.${QUEUE}`, `other ${Date.UTC(2026, 5, 14) + 90_000}`);
  check();
  check();
  expect(answers).toEqual([true, false]);
});

it.each([
  [true, "is over"],
  [false, "is its own, as long as nobody has taken it"],
])("a lock that was not confirmed for 90 s, taken and freed meanwhile: %s, %s", (isTaken) => {
  const { texts, page, standStill, fireTimers } = browser();
  const { request, check } = page("sleeper");
  const answers: boolean[] = [];
  request(QUEUE, "other", (isGranted) => answers.push(isGranted));
  fireTimers();
  standStill(91_000);
  if (isTaken) texts.delete(`c.${QUEUE}`);
  check();

  expect(answers).toEqual(isTaken ? [true, false] : [true]);
});

it("outlives an app that empties its storage", () => {
  const { texts, page, standStill, fireTimers } = browser();
  const { request, check } = page("one");
  const answers: boolean[] = [];
  request(QUEUE, "other", (isGranted) => answers.push(isGranted));
  fireTimers();
  standStill(4000);
  texts.clear();
  check();

  expect(answers).toEqual([true]);
});

it("grants a queue that is new at once: nobody else can want it", async () => {
  const answers: boolean[] = [];
  browser()
    .page("one")
    .request(QUEUE, "own", (isGranted) => answers.push(isGranted));
  await Promise.resolve();

  expect(answers).toEqual([true]);
});
