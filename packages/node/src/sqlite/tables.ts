/** The tables, and their version. The file may be the app's own database, whose `user_version` and other tables are the app's affair. */
import type { SqliteDatabase } from "./database.ts";

/** From each version to the next. The tables of before stay as they are: processes of an earlier version that run on go on writing to them. */
const MIGRATIONS = [
  `CREATE TABLE whisperr_queues (id INTEGER PRIMARY KEY AUTOINCREMENT);
   CREATE TABLE whisperr_operations (
     queue INTEGER NOT NULL, number INTEGER NOT NULL, operation TEXT NOT NULL, PRIMARY KEY (queue, number)
   ) WITHOUT ROWID;`,
  `CREATE TABLE whisperr_said (user TEXT NOT NULL, said_at INTEGER NOT NULL, body TEXT NOT NULL, noted_at INTEGER NOT NULL);
   CREATE INDEX whisperr_said_by_user ON whisperr_said (user, said_at);`,
  "CREATE TABLE whisperr_version AS SELECT 3 AS version;",
];

/** Part of a transaction. @throws Error where a later version made them. */
export function migrate(database: SqliteDatabase): void {
  const version = versionIn(database);
  if (version > MIGRATIONS.length)
    throw new Error(
      `its tables are of version ${version}, which a later @whisperr/node made; this one knows version ${MIGRATIONS.length}`,
    );
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
}

function versionIn(database: SqliteDatabase): number {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const names = new Set(tables.map((table) => (table as { name: string }).name));
  // The first two did not say which they are.
  if (!names.has("whisperr_version"))
    return names.has("whisperr_said") ? 2 : Number(names.has("whisperr_queues"));
  const [{ version }] = database.prepare("SELECT version FROM whisperr_version").all() as [
    { version: number },
  ];
  return version;
}
