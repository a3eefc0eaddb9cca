import { expect, test } from "vitest";
import { bounded } from "./bounded.ts";
import { recordKey } from "./keys.ts";
import type { Storage } from "./storage.ts";

const MIB = 1024 * 1024;

/** A storage of unlimited size, and two tabs on it. */
function profile() {
  const texts = new Map<string, string>();
  let reads = 0;
  const storage: Storage = {
    keys: () => [...texts.keys()].sort(),
    get(key) {
      reads++;
      return texts.get(key) ?? null;
    },
    set(key, text) {
      texts.set(key, text);
      return true;
    },
    remove: (key) => void texts.delete(key),
  };
  const taken = () => [...texts].reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  return { tabs: [bounded(storage), bounded(storage)] as const, taken, texts, reads: () => reads };
}

const EVENT = "x".repeat(5000);
const keyOf = (number: number) => recordKey("0000000000own", number);

test("a thousand events of 5 kB take a MiB at most, and the rest is said to have found no room", () => {
  const { tabs, taken, texts } = profile();
  const stored = Array.from({ length: 1000 }, (_, n) => tabs[0].set(keyOf(n), EVENT));
  expect(taken()).toBeLessThanOrEqual(MIB);
  expect(taken()).toBeGreaterThan(MIB * 0.9);
  expect(stored.filter(Boolean)).toHaveLength(texts.size);
});

test("what several tabs have written counts together", () => {
  const { tabs, taken } = profile();
  for (let n = 0; n < 1000; n++) tabs[n % 2 === 0 ? 0 : 1].set(keyOf(n), EVENT);
  expect(taken()).toBeLessThanOrEqual(MIB);
});

test("what is no operation is always written, and a settled one loses its text", () => {
  const { tabs, texts } = profile();
  const [tab] = tabs;
  for (let n = 0; n < 1000; n++) tab.set(keyOf(n), EVENT);
  expect(tab.set("id", "{}")).toBe(true);
  expect(tab.set(keyOf(0), "")).toBe(true);
  expect(texts.get(keyOf(0))).toBe("");
});

test("one that is too large for all of it leaves room for the others", () => {
  const [tab] = profile().tabs;
  expect(tab.set(keyOf(0), "x".repeat(MIB))).toBe(false);
  expect(tab.hasRoom?.()).toBe(false);
  expect(tab.set(keyOf(1), EVENT)).toBe(true);
  expect(tab.hasRoom?.()).toBe(true);
});

test("there is room again once something has gone, and no event costs a count of all while there is none", () => {
  const { tabs, reads } = profile();
  const [tab] = tabs;
  for (let n = 0; n < 300; n++) tab.set(keyOf(n), EVENT);
  const before = reads();
  for (let n = 300; n < 400; n++) expect(tab.set(keyOf(n), EVENT)).toBe(false);
  expect(reads()).toBe(before);
  for (let n = 0; n < 10; n++) tab.remove(keyOf(n));
  expect(tab.set(keyOf(400), EVENT)).toBe(true);
});
