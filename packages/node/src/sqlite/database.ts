/** The three SQLites of JavaScript, by what they have in common, and how one of them is opened. */
import { createRequire } from "node:module";

/** What is used of a database: `node:sqlite`, `bun:sqlite` and `better-sqlite3` have it. */
export interface SqliteDatabase {
  /** Runs statements that have no parameters and no result. */
  exec(sql: string): unknown;
  /** Compiles a statement. */
  prepare(sql: string): SqliteStatement;
  /** Lets go of the file. */
  close(): unknown;
}

/** A compiled statement. */
export interface SqliteStatement {
  /** Runs it. */
  run(...parameters: (string | number)[]): unknown;
  /** Runs it, and gives its rows. */
  all(...parameters: (string | number)[]): unknown[];
}

/** Opens a file of this name, and makes it where there is none. */
export type OpenSqlite = (file: string) => SqliteDatabase;

type Constructor = new (file: string) => SqliteDatabase;

/** The platform's own. @throws Error where there is none. */
export function platformSqlite(): OpenSqlite {
  const Database =
    builtin<{ Database: Constructor }>("bun:sqlite")?.Database ??
    builtin<{ DatabaseSync: Constructor }>("node:sqlite")?.DatabaseSync;
  if (Database === undefined)
    throw new Error(
      `Whisperr: this Node.js (${process.version}) has no SQLite of its own. Use Node.js 22.13 or later, or install better-sqlite3 and write sqliteOutbox({ database: new Database("whisperr.db") }).`,
    );
  return (file) => new Database(file);
}

function builtin<Module>(name: string): Module | undefined {
  try {
    return createRequire(process.execPath)(name) as Module;
  } catch {
    return undefined;
  }
}

/** A database of the app's: where its file is, and how more of its kind are opened. Undefined for one that is in memory. */
export function kindOf(
  database: SqliteDatabase,
): { readonly file: string; readonly open: OpenSqlite } | undefined {
  // SQLite is asked: libraries name it differently or not at all, and some say what the app wrote, which may be a relative path.
  const databases = database.prepare("PRAGMA database_list").all() as { name: string; file: string | null }[];
  const file = databases.find(({ name }) => name === "main")?.file;
  if (!file) return undefined;
  const Database = database.constructor as Constructor;
  return { file, open: (other) => new Database(other) };
}

/** Is it in the midst of a transaction? Each library has its own word for that, and one that is closed may throw; an older `node:sqlite` has none. */
export function isInTransaction(database: SqliteDatabase | undefined): boolean {
  try {
    const { inTransaction, isTransaction } = Object(database) as {
      readonly inTransaction?: unknown;
      readonly isTransaction?: unknown;
    };
    return inTransaction === true || isTransaction === true;
  } catch {
    return false;
  }
}
