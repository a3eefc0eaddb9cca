import { expect, it } from "vitest";
import { createIdentityStore } from "./identity-store.ts";
import { IDENTITY } from "./keys.ts";
import type { Storage } from "./storage.ts";

/** Has room for nothing that is longer than what it replaces, once it is full. */
function storageOf(texts: Map<string, string>): Storage & { isFull: boolean } {
  return {
    isFull: false,
    keys: () => [...texts.keys()],
    get: (key) => texts.get(key) ?? null,
    set(key, text) {
      if (this.isFull && text.length > (texts.get(key) ?? "").length) return false;
      texts.set(key, text);
      return true;
    },
    remove: (key) => void texts.delete(key),
  };
}

it("remembers an opt-out in a full storage, although the visitor became a user who needed the room", () => {
  const texts = new Map<string, string>();
  const storage = storageOf(texts);
  const store = createIdentityStore(storage);
  const visitor = { anonymousId: "3f2c" };
  store.write(JSON.stringify(visitor));
  storage.isFull = true;
  // Fits into the room that was kept for the opt-out.
  store.write(JSON.stringify({ ...visitor, promoted: true }));
  store.write(JSON.stringify({ ...visitor, promoted: true, optedOut: true }));

  expect(JSON.parse(texts.get(IDENTITY) ?? "")).toMatchObject({ ...visitor, optedOut: true });
});

it("stores the whole identity while there is room", () => {
  const texts = new Map<string, string>();
  const identity = { anonymousId: "3f2c", userId: "ada", promoted: true, optedOut: true };
  createIdentityStore(storageOf(texts)).write(JSON.stringify(identity));

  expect(JSON.parse(texts.get(IDENTITY) ?? "")).toEqual(identity);
});
