import { afterEach, expect, test, vi } from "vitest";
import { bounded } from "./bounded.ts";
import { recordKey } from "./keys.ts";
import type { Storage } from "./storage.ts";

afterEach(() => void vi.restoreAllMocks());

const MIB = 1024 * 1024;

/** A storage of unlimited size, and two tabs on it. */
function profile() {
  const texts = new Map<string, string>();
  let reads = 0;
  const storage: Storage = {
    keys: () => [...texts.keys()].sort().reverse(),
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

test("there is room again once something has gone, of this tab or of another", () => {
  for (const owner of [0, 1] as const) {
    const { tabs } = profile();
    const tab = tabs[0];
    for (let n = 0; n < 300; n++) tabs[owner].set(keyOf(n), EVENT);
    expect(tab.set(keyOf(300), EVENT)).toBe(false);
    for (let n = 0; n < 20; n++) tabs[owner].remove(keyOf(n));
    const stored = Array.from({ length: 10 }, (_, n) => tab.set(keyOf(301 + n), EVENT));
    expect(stored.at(-1)).toBe(true);
  }
});

test("an event costs no count of all, neither while there is room nor while there is none", () => {
  const { tabs, texts, reads } = profile();
  const [tab] = tabs;
  const events = (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      tab.set(keyOf(n), "x".repeat(100));
      if (n >= 9_000) tab.remove(keyOf(n - 9_000));
    }
  };
  events(0, 9_000);
  expect(reads() / 9_000).toBeLessThan(30);
  const before = reads();
  events(9_000, 10_000);
  expect(texts.size).toBeGreaterThan(7_000);
  expect((reads() - before) / 1000).toBeLessThan(200);
});

test("the reduce() of an old library lets no more in (Prototype 1.6)", () => {
  const { tabs, taken } = profile();
  vi.spyOn(Array.prototype, "reduce").mockImplementation(function (this: unknown[]) {
    return this.length > 1 ? this : this[0];
  });
  for (let n = 0; n < 1000; n++) tabs[0].set(keyOf(n), EVENT);
  vi.restoreAllMocks();
  expect(taken()).toBeLessThanOrEqual(MIB);
  expect(taken()).toBeGreaterThan(MIB * 0.9);
});
