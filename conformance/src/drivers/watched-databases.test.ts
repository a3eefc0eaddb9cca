import { expect, test } from "vitest";
import { watchDatabases } from "./watched-databases.ts";

test("what IndexedDB has under way is counted until it has ended, one way or the other", () => {
  const begun: EventTarget[] = [];
  const begin = () => {
    begun.push(new EventTarget());
    return begun.at(-1) as never;
  };
  class IDBFactory {
    open(): IDBOpenDBRequest {
      return begin();
    }
  }
  class IDBDatabase {
    transaction(): IDBTransaction {
      return begin();
    }
  }
  const underWay = watchDatabases({ IDBFactory, IDBDatabase });

  for (const ends of ["success", "error"]) {
    expect(new IDBFactory().open()).toBe(begun.at(-1));
    expect(underWay()).toBe(1);
    begun.at(-1)?.dispatchEvent(new Event(ends));
    expect(underWay()).toBe(0);
  }
  const database = new IDBDatabase();
  database.transaction();
  expect(database.transaction()).toBe(begun.at(-1));
  expect(underWay()).toBe(2);
  begun.at(-1)?.dispatchEvent(new Event("complete"));
  begun.at(-2)?.dispatchEvent(new Event("abort"));
  expect(underWay()).toBe(0);
});
