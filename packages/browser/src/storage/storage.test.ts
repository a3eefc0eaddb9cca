import { expect, test, vi } from "vitest";
import { openStorage, storagePrefix } from "./storage.ts";

test("two keys never share a prefix", () => {
  // In 32 bits, each character times 31, these are the same.
  expect(storagePrefix("wrk_Aa")).not.toBe(storagePrefix("wrk_BB"));
  const keys = Array.from({ length: 20_000 }, (_, n) => `wrk_${n.toString(36)}`);
  expect(new Set(keys.map(storagePrefix)).size).toBe(keys.length);
});

test("a prefix says nothing of its key, and is a name for keys", () => {
  for (const key of ["wrk_live_S3cret", "w", "wrk_😀"])
    expect(storagePrefix(key)).toMatch(/^wr1\.[a-z\d]{2,14}\.$/);
});

test.each([undefined, null, "the same for all"])(
  "a storage that a test made up keeps nothing, whatever it says: %j",
  (said) => {
    vi.stubGlobal("window", { localStorage: { getItem: () => said, setItem() {}, removeItem() {} } });
    const storage = openStorage("wr1.", "localStorage");
    expect(storage.set("q.1", "{}")).toBe(false);
    expect([storage.get("q.1"), storage.keys()]).toEqual([said ?? null, []]);
  },
);
