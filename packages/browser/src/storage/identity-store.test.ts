import { expect, it, vi } from "vitest";
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

const PREFIX = "wr1.own.";
const OUT = '{"optedOut":true}';

function opened(stored: Record<string, string> = {}, forOrigin: Record<string, string> = {}) {
  const texts = new Map(Object.entries(stored));
  const origin = new Map(Object.entries(forOrigin));
  const storage = storageOf(texts);
  return { texts, origin, storage, store: createIdentityStore(storage, storageOf(origin), PREFIX) };
}

it("stores an opt-out in a full storage", () => {
  const { texts, storage, store } = opened();
  store.write(JSON.stringify({ anonymousId: "3f2c3f2c3f2c", userId: "ada" }));
  storage.isFull = true;
  store.write(JSON.stringify({ optedOut: true, said: ["x".repeat(100)] }));

  expect(texts.get(IDENTITY)).toBe(OUT);
});

it("stores with an opt-out at once what else is to be kept: the page may die at any line", () => {
  const { texts, storage, store } = opened();
  store.write(JSON.stringify({ anonymousId: "3f2c3f2c3f2c", userId: "ada" }));
  const written: string[] = [];
  const { set } = storage;
  storage.set = (key, text) => {
    written.push(text);
    return set.call(storage, key, text);
  };
  const text = JSON.stringify({ optedOut: true, said: [{ address: "t1" }] });
  store.write(text);

  expect(written[0]).toBe(text);
  expect(texts.get(IDENTITY)).toBe(text);
});

it("stores nothing beside an opt-out that tells of a visit", () => {
  const { texts, origin, store } = opened({ session: "1.s", "n.ada": "{}", "q.0.000000": "{}" });
  store.write(OUT);

  expect(Object.fromEntries(texts)).toEqual({ id: OUT, "q.0.000000": "-" });
  expect([...origin]).toEqual([["whisperr.optout", "1"]]);
});

it("discards nothing that is queued after the opt-out: it opts out the device's tokens", () => {
  const { texts, store } = opened();
  store.write(OUT);
  texts.set("q.0.000000", "{}");
  store.write('{"optedOut":true,"said":[]}');

  expect(texts.get("q.0.000000")).toBe("{}");
});

it("forgets the opt-out of the origin with optIn(), and with nothing else", () => {
  const { texts, origin, store } = opened({ id: '{"anonymousId":"3f2c"}' });
  origin.set("whisperr.optout", "1");
  store.write('{"anonymousId":"3f2c","userId":"ada"}');
  expect(origin.size).toBe(1);

  store.write(OUT);
  store.write('{"anonymousId":"9a9a"}');
  expect(origin.size).toBe(0);
  expect(texts.get(IDENTITY)).toBe('{"anonymousId":"9a9a"}');
});

it("leaves nothing of a person who opts out under the other keys of the origin, or of the SDK before this one; what is the app's stays", () => {
  const other = "wr1.1q8k3x9q2ab.";
  const { origin, store } = opened(
    {},
    {
      [`${other}id`]: '{"userId":"ada"}',
      [`${other}session`]: "1 abc",
      [`${other}n.ada`]: "{}",
      [`${other}q.0abc.000000`]: '{"kind":"track"}',
      [`${other}f.0abc`]: "1 q.0abc.000000",
      [`${PREFIX}id`]: "its own",
      "wr1.token.id": '{"userId":"ada","said":[]}',
      "wr1.token.n.ada": '{"after":[],"said":[]}',
      "whisperr.user_id": "ada",
      "whisperr.queue.v1": "[]",
      identity: "of the app",
      "q.1": "of the app",
    },
  );
  store.write(OUT);

  expect(Object.fromEntries(origin)).toEqual({
    [`${other}q.0abc.000000`]: "-",
    [`${other}f.0abc`]: "1 q.0abc.000000",
    [`${PREFIX}id`]: "its own",
    "wr1.token.id": '{"userId":"ada","said":[]}',
    identity: "of the app",
    "q.1": "of the app",
    "whisperr.optout": "1",
  });
});

it("deletes the copy that durable pages of the key have, unless the page is one", () => {
  const deleted = vi.fn();
  vi.stubGlobal("indexedDB", { deleteDatabase: deleted });
  const { store } = opened();
  store.write(OUT);
  store.write(OUT);
  const durable = { ...storageOf(new Map()), backup: async () => undefined };
  createIdentityStore(durable, storageOf(new Map()), PREFIX).write(OUT);

  expect(deleted.mock.calls).toEqual([[PREFIX]]);
});
