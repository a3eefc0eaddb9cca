/** Whose file it is, and where it is: the app's own database, and names that several processes have for one file. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { sqliteOutbox } from "../src/sqlite.ts";
import { contents, newFolder, operation, warnings } from "./sqlite-fixture.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = newFolder();
  file = join(folder, "shop.db");
});

function open(name = file): DatabaseSync {
  const database = new DatabaseSync(name);
  onTestFinished(() => database.close());
  return database;
}

describe("the app's own database", () => {
  test.each([0, 1, 2, 7])(
    "keeps its user_version of %i, by which apps number their migrations",
    (version) => {
      const said = warnings();
      const database = open();
      database.exec(`CREATE TABLE orders (id INTEGER); PRAGMA user_version = ${version}`);
      sqliteOutbox({ database }).append(operation(1));
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: version });
      expect(database.prepare("SELECT count(*) AS count FROM whisperr_operations").get()).toEqual({
        count: 1,
      });
      expect(said).toEqual([]);
    },
  );

  test("has what is recorded in a transaction of the app's as soon as that is over, though SQLite lets one write at a time", () => {
    const said = warnings();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const database = open();
    database.exec("CREATE TABLE orders (id INTEGER)");
    const outbox = sqliteOutbox({ database });
    const stored = () => database.prepare("SELECT count(*) AS count FROM whisperr_operations").get();
    for (const count of [1, 2, 3]) {
      database.exec("BEGIN; INSERT INTO orders VALUES (1)");
      outbox.append(operation(count));
      database.exec("ROLLBACK");
      // Long before it looks by itself whether its file is still there.
      vi.advanceTimersByTime(500);
      expect(stored()).toEqual({ count });
    }
    // Nothing is wrong with it.
    expect(said).toEqual([]);
  });

  test("may be closed by the app, and the queue goes on", () => {
    const said = warnings();
    const database = new DatabaseSync(file);
    const outbox = sqliteOutbox({ database });
    database.close();
    outbox.append(operation(1));
    const row = open().prepare("SELECT count(*) AS count FROM whisperr_operations").get();
    expect(row).toEqual({ count: 1 });
    expect(said).toEqual([]);
  });

  test("in memory, in the midst of a transaction, stays open", () => {
    warnings();
    const database = open(":memory:");
    database.exec("CREATE TABLE orders (id INTEGER); BEGIN; INSERT INTO orders VALUES (1)");
    sqliteOutbox({ database }).append(operation(1));
    database.exec("COMMIT");
    expect(database.prepare("SELECT count(*) AS count FROM orders").get()).toEqual({ count: 1 });
  });

  test("that only its own connection can read, as an encrypted one, stays where it is", () => {
    const said = warnings();
    const secret = "this is readable with a key: ".repeat(40);
    writeFileSync(file, secret);
    const memory = open(":memory:");
    // Of a library that was given a key for this connection, and for no other.
    class Encrypted extends DatabaseSync {
      override prepare(sql: string) {
        const isName = sql === "PRAGMA database_list";
        return isName ? memory.prepare(`SELECT 'main' AS name, '${file}' AS file`) : super.prepare(sql);
      }
    }
    const database = new Encrypted(file);
    onTestFinished(() => database.close());
    const outbox = sqliteOutbox({ database });
    outbox.append(operation(1));
    expect(contents(outbox)).toEqual([operation(1)]);
    expect(readFileSync(file, "utf8")).toBe(secret);
    expect(said).toEqual([expect.stringContaining("Events wait in memory")]);
  });
});

describe("a file with two names", () => {
  test("has one lock for each queue: the one of a process that lives is nobody else's", () => {
    mkdirSync(join(folder, "old"));
    mkdirSync(join(folder, "new"));
    for (const release of ["old", "new"]) symlinkSync("../shop.db", join(folder, release, "shop.db"));
    const first = sqliteOutbox(join(folder, "old", "shop.db"));
    first.append(operation(1));
    expect(contents(sqliteOutbox(join(folder, "new", "shop.db")))).toEqual([]);
    expect(contents(sqliteOutbox(file))).toEqual([]);
    rmSync(join(folder, "shop.db-queue-1"));
    expect(contents(sqliteOutbox(join(folder, "new", "shop.db")))).toEqual([operation(1)]);
  });

  test("and none of them, when it is broken: it is put aside with what belongs to it", () => {
    warnings();
    mkdirSync(join(folder, "new"));
    symlinkSync("../shop.db", join(folder, "new", "shop.db"));
    writeFileSync(file, "this is no database, and longer than a header of one: ".repeat(40));
    sqliteOutbox(join(folder, "new", "shop.db")).append(operation(1));
    expect(readdirSync(join(folder, "new"))).toEqual(["shop.db"]);
    rmSync(join(folder, "shop.db-queue-1"));
    expect(contents(sqliteOutbox(file))).toEqual([operation(1)]);
  });
});

/** Closing a file lets go of all locks that its process has on it: that is POSIX. */
test("a process that has copied its lock loses it, and still nothing of what it records", () => {
  const first = sqliteOutbox(file);
  first.append(operation(1));
  readFileSync(`${file}-queue-1`);
  expect(inAnotherProcess()).toEqual([operation(1)]);
  first.append(operation(2));
  expect(inAnotherProcess()).toEqual([operation(1), operation(2)]);
});

function inAnotherProcess(): unknown {
  const program = `
    import { sqliteOutbox } from "@whisperr/node/sqlite";
    const outbox = sqliteOutbox(process.env.FILE);
    console.log(JSON.stringify(Array.from({ length: outbox.size }, (_, index) => outbox.at(index))));`;
  const args = ["--conditions=@whisperr/source", "--input-type=module", "--eval", program];
  const options = {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, FILE: file },
    encoding: "utf8",
  } as const;
  return JSON.parse(execFileSync(process.execPath, args, options));
}
