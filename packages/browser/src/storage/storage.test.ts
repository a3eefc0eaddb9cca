import { expect, test } from "vitest";
import { recordKey } from "./keys.ts";
import { earlierPrefix, move, type Storage, storagePrefix } from "./storage.ts";

function inMemory(texts: Readonly<Record<string, string>>, hasRoom = true): Storage {
  const kept = new Map(Object.entries(texts));
  return {
    keys: () => [...kept.keys()].sort(),
    get: (key) => kept.get(key) ?? null,
    set: (key, text) => hasRoom && Boolean(kept.set(key, text)),
    remove: (key) => void kept.delete(key),
  };
}

test("two keys never share a prefix, those that once did among them", () => {
  expect(earlierPrefix("wrk_Aa")).toBe(earlierPrefix("wrk_BB"));
  expect(storagePrefix("wrk_Aa")).not.toBe(storagePrefix("wrk_BB"));
  const keys = Array.from({ length: 20_000 }, (_, n) => `wrk_${n.toString(36)}`);
  expect(new Set(keys.map(storagePrefix)).size).toBe(keys.length);
});

test("a prefix says nothing of its key, and is a name for keys", () => {
  for (const key of ["wrk_live_S3cret", "w", "wrk_😀"])
    expect(storagePrefix(key)).toMatch(/^wr1\.[a-z\d]{2,14}\.$/);
});

test("what stands under the earlier prefix is moved, and nothing of the later one is lost", () => {
  const record = recordKey("0own", 0);
  const earlier = inMemory({ [record]: "an event", id: "ada" });
  const storage = inMemory({ id: "bob" });
  move(earlier, storage);
  expect(storage.keys().map((key) => [key, storage.get(key)])).toEqual([
    ["id", "bob"],
    [record, "an event"],
  ]);
  expect(earlier.keys()).toEqual([]);
});

test("what finds no room stays where it is", () => {
  const earlier = inMemory({ id: "ada" });
  move(earlier, inMemory({}, false));
  expect(earlier.keys()).toEqual(["id"]);
});
