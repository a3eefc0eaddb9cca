import { expect, test } from "vitest";
import { aStorage, handedOver } from "../../../test/durable-fixtures.ts";
import { createDurableStore, type DurableStore } from "./store.ts";

const numbers = (store: DurableStore) =>
  Array.from({ length: store.size }, (_, index) => Object(store.at(index)).idNumber);

test("keeps operations in the order they came, and finds them again after a restart", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  store.add([...handedOver(1, 3, "b"), ...handedOver(4, 5, "a")], 1000);
  expect(numbers(store)).toEqual([1, 2, 3, 4, 5]);
  const later = createDurableStore(storage);
  expect(later.size).toBe(5);
  expect(numbers(later)).toEqual([1, 2, 3, 4, 5]);
});

test("what comes again is not kept again, not even after it was delivered", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  store.add(handedOver(1, 3), 1000);
  store.remove(0, 2);
  expect(createDurableStore(storage).add(handedOver(1, 3), 1000)).toBe(0);
  expect(store.add(handedOver(2, 4), 2000)).toBe(1);
  expect(numbers(store)).toEqual([3, 4]);
});

test("a hand-over that arrives after its own repetition changes nothing", () => {
  const store = createDurableStore(aStorage());
  store.add(handedOver(3, 6), 1000);
  store.add(handedOver(1, 4), 1000);
  expect(numbers(store)).toEqual([3, 4, 5, 6]);
});

test("a hand-over is kept as a whole or not at all", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  const [first, second] = handedOver(1, 2);
  const broken = { ...second, text: null } as never;
  expect(() => store.add([first as never, broken], 1000)).toThrow();
  expect(store.size).toBe(0);
  expect(numbers(store)).toEqual([]);
  store.add(handedOver(1, 2), 1000);
  expect(numbers(store)).toEqual([1, 2]);
});

test("removes from any position on, and reads on behind", () => {
  const store = createDurableStore(aStorage());
  store.add(handedOver(1, 6), 1000);
  store.at(1);
  store.remove(2, 3);
  expect(numbers(store)).toEqual([1, 2, 6]);
  expect(store.at(3)).toBeUndefined();
  store.remove(0, 1);
  expect(numbers(store)).toEqual([2, 6]);
});

test("where the storage fails in the middle of it, nothing is removed", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  store.add(handedOver(1, 3), 1000);
  const { exec } = storage.sql;
  storage.sql.exec = (query, ...bindings) => {
    if (query.startsWith("DELETE") && bindings[0] === 2) throw new Error("the storage failed");
    return exec(query, ...bindings);
  };
  expect(() => store.remove(0, 3)).toThrow("the storage failed");
  storage.sql.exec = exec;
  expect([store.size, numbers(store)]).toEqual([3, [1, 2, 3]]);
  store.remove(0, 3);
  expect([store.size, numbers(store), createDurableStore(storage).size]).toEqual([0, [], 0]);
});

test("takes out what cannot be read, once", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  const [damaged, ...whole] = handedOver(1, 3);
  store.add([{ ...damaged, text: "{" } as never, ...whole], 1000);
  expect(store.takeUnreadable()).toBe(1);
  expect(store.takeUnreadable()).toBe(0);
  expect(numbers(store)).toEqual([2, 3]);
});

test("remembers how long to wait", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  expect(store.waiting).toEqual({ failures: 0, notBeforeMs: 0 });
  store.waiting = { failures: 3, notBeforeMs: 5000 };
  expect(createDurableStore(storage).waiting).toEqual({ failures: 3, notBeforeMs: 5000 });
});

test("forgets clients that came ten thousand hand-overs ago", () => {
  const storage = aStorage();
  const store = createDurableStore(storage);
  storage.transactionSync(() => undefined);
  for (let i = 0; i < 10_005; i++) store.add(handedOver(1, 1, `client ${i}`), 1000);
  const [count] = storage.sql.exec("SELECT COUNT(*) AS count FROM whisperr_clients");
  expect(count).toEqual({ count: 10_000 });
});
