/** A Durable Object's storage for tests: real SQLite in memory, and an alarm that is only remembered. */
import { DatabaseSync } from "node:sqlite";
import type { DurableStorageLike } from "../src/cloudflare/bindings.ts";
import type { HandedOver } from "../src/cloudflare/durable-object/store.ts";
import { anEvent } from "./queue-fixtures.ts";

export interface FakeStorage extends DurableStorageLike {
  /** Wall-clock ms since 1970; null when none is set. */
  alarmMs: number | null;
}

export function aStorage(): FakeStorage {
  const database = new DatabaseSync(":memory:");
  const storage: FakeStorage = {
    alarmMs: null,
    sql: { exec: (query, ...bindings) => database.prepare(query).all(...bindings) },
    transactionSync(body) {
      database.exec("BEGIN");
      try {
        const result = body();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    async getAlarm() {
      return storage.alarmMs;
    },
    async setAlarm(atMs) {
      storage.alarmMs = atMs;
    },
    async deleteAlarm() {
      storage.alarmMs = null;
    },
  };
  return storage;
}

/** Operations of one client, from one number to another. */
export function handedOver(from: number, to: number, client = "a"): HandedOver[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const number = from + i;
    return { client, number, atMs: 1000, text: JSON.stringify(anEvent(number)) };
  });
}
