/**
 * The file: operations of all processes that share it, by queue. Each process has a queue of its own, and holds a lock on a
 * file beside it for as long as it lives. The system lets go of that lock when the process ends, however it ends (and when it reads that file: see QUEUES):
 * neither a process id that is used again, nor a clock that jumps, nor a process that was stopped for a while can be mistaken.
 */
import { existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import type { OpenSqlite, SqliteDatabase, SqliteStatement } from "./database.ts";
import { forgetOld, type Notes, notesIn } from "./said.ts";
import { migrate } from "./tables.ts";

export const IN_MEMORY = ":memory:";

/** The longest time a call may wait for another process that writes, and the start for others that start. A call may have to open the file too. */
export const BUSY_MS = 100;
export const START_MS = 2_000;

/**
 * A number is tried for each process that still holds its lock from before the file was deleted. A queue without a lock is
 * no choice: the next process would take it over while its own goes on writing to it.
 */
const LOCK_ATTEMPTS = 200;

/** Processes that try it together get in each other's way, each for less than a millisecond. */
const WAL_ATTEMPTS = 100;

/**
 * Oldest first; last those that another process took over, and whose own goes on writing: POSIX lets go of a lock when the process
 * that has it reads the locked file, as it does when it copies its folder.
 */
const QUEUES = `
  SELECT id, 0 AS goes_on FROM whisperr_queues
  UNION ALL
  SELECT DISTINCT queue, 1 FROM whisperr_operations WHERE queue NOT IN (SELECT id FROM whisperr_queues)
  ORDER BY goes_on, id`;

export interface StoredRow {
  readonly number: number;
  readonly operation: string;
}

/** An open file, and this process's queue in it. */
export interface Store {
  readonly file: string;
  readonly database: SqliteDatabase;
  readonly queue: number;
  /** Holds the lock of `queue` by being open. None for a database in memory. */
  readonly lock: SqliteDatabase | undefined;
  /** Which file it is, whatever has its name now. */
  readonly inode: number;
  readonly insert: SqliteStatement;
  readonly remove: SqliteStatement;
  readonly notes: Notes;
}

/**
 * Opens `file`, and waits so long for others that write. `from`: what processes that are gone have left becomes this queue's, oldest
 * first, with numbers from there on, and is returned.
 */
export function openStore(
  file: string,
  open: OpenSqlite,
  busyMs: number,
  from?: number,
): { readonly store: Store; readonly rows: readonly StoredRow[] } {
  const database = open(file);
  let lock: SqliteDatabase | undefined;
  try {
    database.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA synchronous = NORMAL`);
    switchToWal(database);
    // Processes may have other names for it, by links, and it has one lock for each queue all the same.
    const place = isShared(file) ? realpathSync(file) : undefined;
    const opened = transaction(database, () => {
      migrate(database);
      const notes = notesIn(database);
      forgetOld(notes);
      const others = database.prepare(QUEUES).all() as { id: number }[];
      const own = place
        ? newLockedQueue(database, open, place)
        : { queue: newQueue(database), lock: undefined };
      lock = own.lock;
      const rows: StoredRow[] = [];
      if (from !== undefined && place)
        for (const { id } of others) takeOver(database, open, place, id, { ...own, from, rows });
      return { queue: own.queue, rows, notes };
    });
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const store: Store = {
      file,
      database,
      queue: opened.queue,
      lock,
      inode: isShared(file) ? statSync(file).ino : 0,
      insert: database.prepare("INSERT OR REPLACE INTO whisperr_operations VALUES (?, ?, ?)"),
      remove: database.prepare("DELETE FROM whisperr_operations WHERE queue = ? AND number BETWEEN ? AND ?"),
      notes: opened.notes,
    };
    return { store, rows: opened.rows };
  } catch (error) {
    // One in memory is the app's own connection.
    if (isShared(file)) closeAll(database, lock);
    throw error;
  }
}

/**
 * A new file changes its mode once. While another process does the same, or writes, SQLite refuses the change without waiting. Without
 * another try, workers that start together would begin in memory.
 */
function switchToWal(database: SqliteDatabase): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === WAL_ATTEMPTS) throw error;
    }
    // Waits as long as a write may, and throws then.
    database.exec("BEGIN EXCLUSIVE; ROLLBACK");
  }
}

function newLockedQueue(database: SqliteDatabase, open: OpenSqlite, file: string) {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    const queue = newQueue(database);
    const lock = locked(open, lockFile(file, queue));
    if (lock !== undefined) return { queue, lock };
    database.prepare("DELETE FROM whisperr_queues WHERE id = ?").run(queue);
  }
  throw new Error(`${lockFile(file, 1)} and those after it cannot be locked`);
}

/** With a number that no queue of this file had before. */
function newQueue(database: SqliteDatabase): number {
  database.exec("INSERT INTO whisperr_queues DEFAULT VALUES");
  const [{ id }] = database.prepare("SELECT last_insert_rowid() AS id").all() as [{ id: number }];
  return id;
}

/** A database in memory is nobody else's. */
const isShared = (file: string): boolean => file !== IN_MEMORY;

/** Where what is taken over goes. */
interface Heir {
  readonly queue: number;
  /** The number of the first row. */
  readonly from: number;
  readonly rows: StoredRow[];
}

/** All of a queue, behind what was taken over before; not a queue whose process lives. */
function takeOver(
  database: SqliteDatabase,
  open: OpenSqlite,
  file: string,
  id: number,
  { queue, from, rows }: Heir,
): void {
  const lock = locked(open, lockFile(file, id));
  if (lock === undefined) return;
  const left = database
    .prepare("SELECT number, operation FROM whisperr_operations WHERE queue = ? ORDER BY number")
    .all(id) as StoredRow[];
  const move = database.prepare(
    "UPDATE whisperr_operations SET queue = ?, number = ? WHERE queue = ? AND number = ?",
  );
  for (const row of left) {
    const number = from + rows.length;
    move.run(queue, number, id, row.number);
    rows.push({ number, operation: row.operation });
  }
  database.prepare("DELETE FROM whisperr_queues WHERE id = ?").run(id);
  lock.close();
  for (const end of ["", "-journal"]) rmSync(lockFile(file, id) + end, { force: true });
}

const lockFile = (file: string, queue: number): string => `${file}-queue-${queue}`;

/** A database that is locked by being open; undefined when another process has it. */
function locked(open: OpenSqlite, file: string): SqliteDatabase | undefined {
  const lock = open(file);
  try {
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}

export function transaction<Result>(database: SqliteDatabase, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as when the disk is full.
    }
    throw error;
  }
}

/** Has somebody deleted the file, or put another one in its place? */
export function isGone({ file, inode }: Store): boolean {
  try {
    return inode !== 0 && statSync(file).ino !== inode;
  } catch {
    return true;
  }
}

export function closeStore({ database, lock }: Store): void {
  closeAll(database, lock);
}

function closeAll(...databases: (SqliteDatabase | undefined)[]): void {
  for (const one of databases) {
    try {
      one?.close();
    } catch {
      // Nothing more is wanted of it.
    }
  }
}

/** No database, or a broken one: SQLite's codes 11 and 26, which each library tells in its own way. */
export const isCorrupt = (error: unknown): boolean =>
  signsOf(error).some(
    (sign) =>
      sign === 11 || sign === 26 || /SQLITE_(CORRUPT|NOTADB)|malformed|not a database/.test(String(sign)),
  );

const isBusy = (error: unknown): boolean =>
  signsOf(error).some((sign) => sign === 5 || /SQLITE_BUSY|is locked/.test(String(sign)));

/** What says which error it is: each library has it elsewhere. */
function signsOf(error: unknown): readonly unknown[] {
  const { code, errcode, message } = Object(error) as Record<string, unknown>;
  return [code, errcode, message];
}

/** Puts a broken file aside, with what belongs to it. Returns its new name. */
export function moveAside(name: string): string {
  const file = realpathSync(name);
  const aside = `${file}.corrupt-${Date.now()}`;
  for (const end of ["", "-wal", "-shm", "-journal"])
    if (existsSync(file + end)) renameSync(file + end, aside + end);
  return aside;
}
