import type { Operation } from "@whisperr/core";
import { expect, test, vi } from "vitest";
import { aStorage } from "../../../test/durable-fixtures.ts";
import { anEvent } from "../../../test/queue-fixtures.ts";
import { durableObjectOutbox } from "./outbox.ts";
import { WhisperrOutbox } from "./whisperr-outbox.ts";

/** A namespace whose objects are all this one; `asked` remembers their names. */
function aNamespace(object: WhisperrOutbox, asked: string[] = []) {
  return {
    idFromName: (name: string) => asked.push(name),
    get: () => ({
      fetch: async (url: string, init: RequestInit) =>
        (await object.fetch(new Request(url, init))) as Response,
    }),
  };
}

test("the object keeps what the client hands over, under the name asked for", async () => {
  const storage = aStorage();
  const asked: string[] = [];
  const namespace = aNamespace(new WhisperrOutbox({ storage }, {}), asked);
  const operations: Operation[] = [anEvent(1), { kind: "identify", body: '{"external_user_id":"u"}' }];
  await durableObjectOutbox(namespace).handOver(operations);
  await durableObjectOutbox(namespace, { name: "tenant 7" }).handOver([anEvent(2)]);
  const rows = [...storage.sql.exec("SELECT operation FROM whisperr_operations ORDER BY position")];
  const kept = rows.map((row) => JSON.parse((row as { operation: string }).operation));
  expect(kept).toEqual([...operations, anEvent(2)]);
  expect(asked).toEqual(["whisperr", "tenant 7"]);
});

test("what was overtaken is no repetition", async () => {
  const storage = aStorage();
  const outbox = durableObjectOutbox(aNamespace(new WhisperrOutbox({ storage }, {})));
  const [first, second, third] = [anEvent(1), anEvent(2), anEvent(3)];
  for (const operation of [first, second, third]) outbox.append?.(operation);
  await outbox.handOver([second], true);
  await outbox.handOver([first]);
  await outbox.handOver([first, third]);
  const rows = [...storage.sql.exec("SELECT operation FROM whisperr_operations ORDER BY position")];
  const kept = rows.map((row) => JSON.parse((row as { operation: string }).operation));
  expect(kept).toEqual([second, first, third]);
});

test("rejects with the object's own words when it does not keep them", async () => {
  const object = {
    idFromName: () => 1,
    get: () => ({ fetch: async () => new Response("storage is full", { status: 500 }) }),
  };
  await expect(durableObjectOutbox(object).handOver([anEvent(1)])).rejects.toThrow(
    "the Durable Object answered 500: storage is full",
  );
});

test("the object refuses what is no hand-over", async () => {
  const object = new WhisperrOutbox({ storage: aStorage() }, {});
  const withoutPlace = JSON.stringify({ whisperr: 1, operations: [{ text: "{}" }] });
  const withoutText = JSON.stringify({ whisperr: 1, operations: [{ client: "a", number: 1, atMs: 1 }] });
  for (const body of ["", "{}", '{"whisperr":2,"operations":[]}', withoutPlace, withoutText]) {
    const { status } = await object.fetch(new Request("https://whisperr/", { method: "POST", body }));
    expect(status).toBe(400);
  }
});

test("rejects as too large what is no row, before the object hears of it", async () => {
  const asked: string[] = [];
  const namespace = aNamespace(new WhisperrOutbox({ storage: aStorage() }, {}), asked);
  const large = anEvent(1, { text: "x".repeat(2_000_000) });
  await expect(durableObjectOutbox(namespace).handOver([large])).rejects.toMatchObject({ status: 413 });
  expect(asked).toEqual([]);
});

test("says what to do when the binding is missing", () => {
  expect(() => durableObjectOutbox(undefined as never)).toThrow("takes a Durable Object binding");
});

test("options() is asked once, with the environment, and its values win", async () => {
  vi.useFakeTimers();
  const seen: unknown[] = [];
  class Outbox extends WhisperrOutbox<{ readonly KEY: string }> {
    override options(env: { readonly KEY: string }) {
      seen.push(env);
      return { apiKey: env.KEY, flushIntervalMs: 7000 };
    }
  }
  const storage = aStorage();
  const env = { KEY: "wrk_other" };
  const outbox = durableObjectOutbox(aNamespace(new Outbox({ storage }, env) as WhisperrOutbox));
  await outbox.handOver([anEvent(1)]);
  await outbox.handOver([anEvent(2)]);
  expect(seen).toEqual([env]);
  expect(storage.alarmMs).toBe(Date.now() + 7000);
  vi.useRealTimers();
});
