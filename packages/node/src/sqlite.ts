/** An outbox in a SQLite file, for servers with a disk. */
export type { SqliteDatabase, SqliteStatement } from "./sqlite/database.ts";
export { type SqliteOutboxOptions, sqliteOutbox } from "./sqlite/outbox.ts";
