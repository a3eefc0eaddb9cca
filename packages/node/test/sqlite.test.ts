/** The SQLite outbox on real files. Processes that are killed are in the scenarios. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createWhisperr } from "@whisperr/node";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type SqliteDatabase, sqliteOutbox } from "../src/sqlite.ts";
import { accept, refuse, startIngestionApi } from "./ingestion-api.ts";
import { contents, newFolder, operation, warnings } from "./sqlite-fixture.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = newFolder();
  file = join(folder, "whisperr.db");
});

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => operation(from + index));

/** What is in the file, by queue, but for the time of each call. */
function stored(): string[] {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT operation FROM whisperr_operations ORDER BY queue, number").all();
  database.close();
  return rows.map(({ operation: text }) => String(text).replace(/,"saidAtMs":\d+/, ""));
}

/** As if its process had ended: its lock is let go of. */
function endQueues(): void {
  for (const name of readdirSync(folder).filter((one) => /-queue-\d+$/.test(one))) rmSync(join(folder, name));
}

const client = (baseUrl: string) => ({ apiKey: "wrk_test", baseUrl, onError() {} });

describe("the queue", () => {
  test("is in the file as soon as a call returns, and out of it when it is settled", () => {
    const outbox = sqliteOutbox(file);
    for (const one of range(1, 3)) outbox.append(one);
    expect(stored()).toEqual(range(1, 3).map((one) => JSON.stringify(one)));
    outbox.remove(1, 1);
    expect(contents(outbox)).toEqual([operation(1), operation(3)]);
    expect(stored()).toEqual([operation(1), operation(3)].map((one) => JSON.stringify(one)));
  });

  test("of a process that is gone is taken over whole and in order, by one other", () => {
    for (const one of range(1, 3)) sqliteOutbox(file).append(one);
    endQueues();
    const next = sqliteOutbox(file);
    expect(contents(next)).toEqual(range(1, 3));
    expect(contents(sqliteOutbox(file))).toEqual([]);
    next.append(operation(4));
    next.remove(0, 2);
    endQueues();
    expect(contents(sqliteOutbox(file))).toEqual(range(3, 4));
  });

  test("of a process that lives is nobody else's", () => {
    const first = sqliteOutbox(file);
    first.append(operation(1));
    const second = sqliteOutbox(file);
    second.append(operation(2));
    expect(contents(first)).toEqual([operation(1)]);
    expect(contents(second)).toEqual([operation(2)]);
  });

  test("has no use for rows that are no operations", () => {
    sqliteOutbox(file).append(operation(1));
    const database = new DatabaseSync(file);
    database.exec(`INSERT INTO whisperr_operations VALUES (1, 5, 'nonsense'), (1, 6, '{"kind":"track"}')`);
    database.close();
    endQueues();
    const next = sqliteOutbox(file);
    expect(contents(next)).toEqual([operation(1)]);
    next.append(operation(2));
    next.append(operation(3));
    expect(stored()).toHaveLength(3);
  });

  test("of a client outlives it: what was not delivered goes out with the next one, in order, ids and times the same", async () => {
    const down = await startIngestionApi(refuse(503));
    const first = createWhisperr({
      apiKey: "wrk_test",
      baseUrl: down.url,
      maxRetries: 0,
      outbox: sqliteOutbox(file),
      onError() {},
    });
    first.identify("ada", { traits: { plan: "pro" } });
    for (const n of [1, 2, 3]) first.track("ada", "step_taken", { n });
    expect((await first.shutdown()).pending).toBe(4);
    const before = stored();
    endQueues();
    const up = await startIngestionApi(accept);
    const next = createWhisperr({ apiKey: "wrk_test", baseUrl: up.url, outbox: sqliteOutbox(file) });
    next.track("ada", "step_taken", { n: 4 });
    expect(await next.shutdown()).toMatchObject({ delivered: 5, pending: 0 });
    const events = up.events().filter(({ event_type }) => event_type === "step_taken");
    expect(events.map(({ properties }) => properties.n)).toEqual([1, 2, 3, 4]);
    expect(up.requests[0]?.path).toBe("/v1/identify");
    const ids = before
      .flatMap((text) => /"idNumber":(\d+)/.exec(text)?.[1] ?? [])
      .map((id) => Number(id).toString(16));
    const sent = up
      .events()
      .slice(1, 4)
      .map(({ context }) => String(context.$message_id));
    expect(sent.map((id, index) => id.endsWith(ids[index] ?? "none"))).toEqual([true, true, true]);
    expect(stored()).toEqual([]);
  });

  test("of a client that has shut down is the next one's, though their process lives on", async () => {
    const said = warnings();
    const down = await startIngestionApi(refuse(503));
    const outbox = sqliteOutbox(file);
    const first = createWhisperr({ ...client(down.url), maxRetries: 0, outbox });
    for (const n of [1, 2, 3]) first.track("ada", "step_taken", { n });
    expect(await first.shutdown()).toMatchObject({ pending: 3 });
    expect(first.stats()).toMatchObject({ accepted: 3, pending: 3 });

    const second = createWhisperr({ ...client(down.url), maxRetries: 0, outbox: sqliteOutbox(file) });
    second.track("ada", "step_taken", { n: 4 });
    expect(await second.shutdown()).toMatchObject({ pending: 4 });

    const up = await startIngestionApi(accept);
    const third = createWhisperr({ ...client(up.url), outbox });
    third.track("ada", "step_taken", { n: 5 });
    expect(await third.shutdown()).toMatchObject({ delivered: 5, pending: 0 });
    expect(third.stats()).toMatchObject({ accepted: 5, delivered: 5 });
    expect(up.events().map(({ properties }) => properties.n)).toEqual([1, 2, 3, 4, 5]);
    expect(stored()).toEqual([]);
    expect(said).toEqual([]);
  });

  test("is not taken over by a client that is disabled; the outbox may be another client's later", async () => {
    for (const one of range(1, 3)) sqliteOutbox(file).append(one);
    endQueues();
    const outbox = sqliteOutbox(file);
    createWhisperr({ disabled: true, outbox });
    const next = sqliteOutbox(file);
    expect(contents(next)).toEqual(range(1, 3));
    const api = await startIngestionApi();
    const whisperr = createWhisperr({ ...client(api.url), outbox });
    await whisperr.flush();
    expect(api.requests).toEqual([]);
    expect(whisperr.stats()).toMatchObject({ accepted: 0, pending: 0 });
  });

  test("of a client that got the outbox of one that had shut down stays its own, however often that is shut down", async () => {
    const down = await startIngestionApi(refuse(503));
    const outbox = sqliteOutbox(file);
    const first = createWhisperr({ ...client(down.url), maxRetries: 0, outbox });
    await first.shutdown();
    const second = createWhisperr({ ...client(down.url), maxRetries: 0, outbox });
    second.track("ada", "step_taken", { n: 1 });
    await first.shutdown();
    expect(contents(sqliteOutbox(file))).toEqual([]);
    expect(second.stats()).toMatchObject({ pending: 1 });
  });

  test("of a client that has shut down while the file failed stays in memory, and is written by whoever gets the outbox", async () => {
    const said = warnings();
    const down = await startIngestionApi(refuse(503));
    const outbox = sqliteOutbox(join(folder, "later", "whisperr.db"));
    const first = createWhisperr({ ...client(down.url), maxRetries: 0, outbox });
    first.track("ada", "step_taken", { n: 1 });
    expect(await first.shutdown()).toMatchObject({ pending: 1 });
    const up = await startIngestionApi(accept);
    const second = createWhisperr({ ...client(up.url), outbox });
    second.track("ada", "step_taken", { n: 2 });
    expect(await second.shutdown()).toMatchObject({ delivered: 2, pending: 0 });
    expect(up.events().map(({ properties }) => properties.n)).toEqual([1, 2]);
    expect(said).toHaveLength(1);
  });
});

describe("a file that fails", () => {
  test("while the console throws, as some tests make it: the queue goes on in memory", () => {
    vi.spyOn(console, "warn").mockImplementation(() => {
      throw new Error("no warnings in this suite");
    });
    onTestFinished(() => void vi.restoreAllMocks());
    writeFileSync(file, "this is no database, and longer than a header of one: ".repeat(40));
    for (const name of [file, join(folder, "nowhere", "whisperr.db")]) {
      const outbox = sqliteOutbox(name);
      outbox.append(operation(1));
      expect(contents(outbox)).toEqual([operation(1)]);
    }
  });

  test("while another process writes for long: the queue goes on in memory, and is written later; both are said once", () => {
    const said = warnings();
    const outbox = sqliteOutbox(file);
    outbox.append(operation(1));
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    outbox.append(operation(2));
    outbox.remove(0, 1);
    outbox.append(operation(3));
    expect(contents(outbox)).toEqual(range(2, 3));
    expect(said).toEqual([
      expect.stringMatching(/whisperr\.db cannot be written \(.*locked.*\)\. Events wait in memory/),
    ]);
    other.exec("ROLLBACK");
    other.close();
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1_000);
    onTestFinished(() => void vi.restoreAllMocks());
    outbox.append(operation(4));
    outbox.append(operation(5));
    expect(stored()).toEqual(range(2, 5).map((one) => JSON.stringify(one)));
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/whisperr\.db can be written again: it has what waited in memory\.$/),
    ]);
  });

  test("while another process writes to a new file as its mode changes: the start waits for it, and begins in the file", () => {
    const said = warnings();
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    const refused: unknown[] = [];
    class Late extends DatabaseSync {
      override exec(sql: string): void {
        if (!sql.includes("journal_mode = WAL") || refused.length > 0) return super.exec(sql);
        other.exec("BEGIN IMMEDIATE; CREATE TABLE orders (id INTEGER)");
        try {
          super.exec(sql);
        } catch (error) {
          refused.push(error);
          throw error;
        } finally {
          other.exec("COMMIT");
        }
      }
    }
    const given = new Late(file);
    onTestFinished(() => given.close());
    sqliteOutbox({ database: given as unknown as SqliteDatabase }).append(operation(1));
    expect(refused).toEqual([expect.objectContaining({ errcode: 5 })]);
    expect(stored()).toEqual([JSON.stringify(operation(1))]);
    expect(said).toEqual([]);
  });

  test("while another process writes since before the start: no call waits for it as long as the start does", () => {
    warnings();
    sqliteOutbox(file);
    const writer = new DatabaseSync(file);
    onTestFinished(() => writer.close());
    writer.exec("BEGIN IMMEDIATE");
    const waits: number[] = [];
    class Watched extends DatabaseSync {
      override exec(sql: string): void {
        if (sql.startsWith("BEGIN IMMEDIATE"))
          waits.push(Number(this.prepare("PRAGMA busy_timeout").get()?.timeout));
        super.exec(sql);
      }
    }
    const given = new Watched(file);
    onTestFinished(() => given.close());
    const outbox = sqliteOutbox({ database: given as unknown as SqliteDatabase });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1_000);
    onTestFinished(() => void vi.restoreAllMocks());
    outbox.append(operation(1));
    expect(waits).toEqual([2_000, 100]);
    expect(contents(outbox)).toEqual([operation(1)]);
  });

  test("that is deleted is made anew, with all that waits", () => {
    const outbox = sqliteOutbox(file);
    outbox.append(operation(1));
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1_000);
    onTestFinished(() => void vi.restoreAllMocks());
    outbox.append(operation(2));
    expect(stored()).toEqual(range(1, 2).map((one) => JSON.stringify(one)));
  });

  test("that is deleted while two use it: each has a queue in the new one that nobody takes while it lives", () => {
    const first = sqliteOutbox(file);
    const second = sqliteOutbox(file);
    first.append(operation(1));
    second.append(operation(2));
    // The files beside it stay: the first queue's lock is held when the second one asks for a queue in the new file.
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1_000);
    onTestFinished(() => void vi.restoreAllMocks());
    second.append(operation(3));
    first.append(operation(4));
    expect(contents(sqliteOutbox(file))).toEqual([]);
    second.append(operation(5));
    endQueues();
    expect(contents(sqliteOutbox(file))).toEqual([2, 3, 5, 1, 4].map(operation));
  });

  test("that is broken is put aside, whole", () => {
    const said = warnings();
    writeFileSync(file, "this is no database, and longer than a header of one: ".repeat(40));
    const outbox = sqliteOutbox(file);
    outbox.append(operation(1));
    expect(stored()).toHaveLength(1);
    const aside = readdirSync(folder).find((name) => name.startsWith("whisperr.db.corrupt-")) ?? "";
    expect(readFileSync(join(folder, aside), "utf8")).toContain("this is no database");
    expect(said).toEqual([expect.stringContaining(aside)]);
  });

  test("in a folder that is not there, the queue is in memory until it is", () => {
    const said = warnings();
    const outbox = sqliteOutbox(join(folder, "later", "whisperr.db"));
    outbox.append(operation(1));
    expect(contents(outbox)).toEqual([operation(1)]);
    expect(said).toEqual([expect.stringContaining("Events wait in memory")]);
  });

  test("that is a folder: the same", () => {
    const said = warnings();
    mkdirSync(file);
    const outbox = sqliteOutbox(file);
    outbox.append(operation(1));
    expect(contents(outbox)).toEqual([operation(1)]);
    expect(said).toHaveLength(1);
  });

  test("of a later version is left alone", () => {
    const said = warnings();
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE whisperr_version AS SELECT 99 AS version");
    database.close();
    const outbox = sqliteOutbox(file);
    outbox.append(operation(1));
    expect(outbox.size).toBe(1);
    expect(said).toEqual([expect.stringContaining("version 99")]);
  });
});

describe("a database that is handed in", () => {
  test("gets a connection of its own: what the app rolls back takes no event along", () => {
    const database = new DatabaseSync(file);
    onTestFinished(() => database.close());
    const outbox = sqliteOutbox({ database });
    database.exec("BEGIN");
    outbox.append(operation(1));
    database.exec("ROLLBACK");
    expect(stored()).toEqual([JSON.stringify(operation(1))]);
  });

  test("need not tell where its file is: SQLite knows", () => {
    class Silent extends DatabaseSync {
      override location(): null {
        return null;
      }
    }
    const database = new Silent(file);
    onTestFinished(() => database.close());
    const given = { database: database as unknown as SqliteDatabase };
    sqliteOutbox(given).append(operation(1));
    expect(contents(sqliteOutbox(file))).toEqual([]);
    endQueues();
    expect(contents(sqliteOutbox(given))).toEqual([operation(1)]);
  });

  test("in memory works, and ends with its process", () => {
    const outbox = sqliteOutbox({ database: new DatabaseSync(":memory:") });
    outbox.append(operation(1));
    outbox.append(operation(2));
    outbox.remove(0, 1);
    expect(contents(outbox)).toEqual([operation(2)]);
  });

  test.each([[""], [":memory:"], [undefined], [{}], [{ database: {} }], [42]])(
    "%j is none, and the error says what to write",
    (given) => {
      expect(() => sqliteOutbox(given as never)).toThrow(/sqliteOutbox\("whisperr.db"\)/);
    },
  );
});
