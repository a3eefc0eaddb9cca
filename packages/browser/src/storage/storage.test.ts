import { expect, test } from "vitest";
import { storagePrefix } from "./storage.ts";

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
