import type { Timers } from "@whisperr/core";
import { expect, it } from "vitest";
import { storedClaims } from "./claims.ts";
import type { Storage } from "./storage.ts";

const LANE = "0mqdqfeo0";

/** Pages of one browser, whose storage is full from `fill()` on: nothing that needs more room can be stored. */
function browser() {
  const texts = new Map<string, string>();
  let due: (() => void)[] = [];
  let isFull = false;
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
    page: (name: string) => storedClaims(storage, timers, () => Date.UTC(2026, 5, 14), name.padEnd(36, "-")),
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

it("gives the lane of a page that was left to one page, though the storage is full", async () => {
  const { texts, page, fill, fireTimers } = browser();
  const left = page("left").claim(LANE);
  texts.set(`q.${LANE}.000000`, "an event");
  left.end();
  const pages = [page("one"), page("two")];
  fill();
  const claims = pages.map((one) => one.claim(LANE));
  fireTimers();

  expect(await Promise.all(claims.map(({ granted }) => granted))).toEqual([true, false]);
});

it("leaves nothing of a claim behind when its lane is empty", () => {
  const { texts, page } = browser();
  const first = page("first").claim(LANE);
  texts.set(`q.${LANE}.000000`, "an event");
  first.end();
  expect([...texts.keys()]).toContain(`c.${LANE}`);

  texts.delete(`q.${LANE}.000000`);
  page("second");
  expect([...texts.keys()]).toEqual([]);
});
