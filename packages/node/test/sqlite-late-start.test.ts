/** A start while the file is written by somebody else, the app itself included, and an end in the midst of that. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createWhisperr } from "../src/index.ts";
import { sqliteOutbox } from "../src/sqlite.ts";
import { PROCESS_LIMIT_MS, runModule } from "./child-process.ts";
import { startIngestionApi, unusedUrl } from "./ingestion-api.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whisperr-late-"));
  file = join(folder, "shop.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clientOf = (outbox: ReturnType<typeof sqliteOutbox>, baseUrl: string) =>
  createWhisperr({
    apiKey: "wrk_test",
    baseUrl,
    outbox,
    flushAt: 1000,
    flushIntervalMs: 0,
    maxRetries: 0,
    onError() {},
  });

/** What a process that is gone has left. */
async function leaveBehind(): Promise<void> {
  const whisperr = clientOf(sqliteOutbox(file), await unusedUrl());
  whisperr.identify("ada", { traits: { plan: "trial" } });
  for (const event of ["opened", "clicked"]) whisperr.track("ada", event);
  await whisperr.shutdown();
}

/** The app's database, in the midst of a transaction that has written. */
function busyDatabase(): DatabaseSync {
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  database.exec("CREATE TABLE orders (id INTEGER); BEGIN; INSERT INTO orders VALUES (1)");
  return database;
}

test.each(["COMMIT", "ROLLBACK"])(
  "in the midst of the app's own transaction waits for nothing; after %s all is in the file, and what others left is taken over",
  async (end) => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    await leaveBehind();
    const database = busyDatabase();
    const api = await startIngestionApi();
    const startedAtMs = performance.now();
    const whisperr = clientOf(sqliteOutbox({ database }), api.url);
    whisperr.identify("ada", { traits: { plan: "premium" } });
    whisperr.track("ada", "bought");
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    database.exec(end);
    const rows = () => database.prepare("SELECT operation FROM whisperr_operations ORDER BY number").all();
    await vi.waitFor(() => expect(rows()).toHaveLength(5));
    const order = rows().map(
      ({ operation }) => /trial|premium|opened|clicked|bought/.exec(String(operation))?.[0],
    );
    expect(order).toEqual(["premium", "bought", "trial", "opened", "clicked"]);
    expect(whisperr.stats()).toMatchObject({ accepted: 5, pending: 5 });
    for (let round = 0; round < 3; round++) await whisperr.flush();
    const sent = api
      .events()
      .map((event) => event.event_type ?? (event as { traits?: { plan: string } }).traits?.plan);
    expect(sent, "the last identify() is the last word").toEqual([
      "premium",
      "bought",
      "trial",
      "opened",
      "clicked",
      "premium",
    ]);
    expect(rows()).toEqual([]);
    expect(warned).not.toHaveBeenCalled();
  },
);

test("while another process writes: what others left is taken over as soon as it can be", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  await leaveBehind();
  const writer = busyDatabase();
  const api = await startIngestionApi();
  const whisperr = clientOf(sqliteOutbox(file), api.url);
  expect(whisperr.stats().pending).toBe(0);
  writer.exec("ROLLBACK");
  await vi.waitFor(() => expect(whisperr.stats().pending).toBe(3), { timeout: 30_000 });
  await whisperr.flush();
  expect(api.events()).toMatchObject([
    { traits: { plan: "trial" } },
    { event_type: "opened" },
    { event_type: "clicked" },
  ]);
  expect(warned.mock.calls).toEqual([
    [expect.stringContaining("cannot be written")],
    [expect.stringContaining("can be written again")],
  ]);
});

test("a client that shuts down before it could be opened takes nothing over", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  await leaveBehind();
  const database = busyDatabase();
  const api = await startIngestionApi();
  const whisperr = clientOf(sqliteOutbox({ database }), api.url);
  await whisperr.shutdown();
  database.exec("ROLLBACK");
  const next = clientOf(sqliteOutbox(file), api.url);
  expect(await next.flush()).toMatchObject({ delivered: 3, pending: 0 });
});

const program = (end: string) => `
  const { DatabaseSync } = await import("node:sqlite");
  const { sqliteOutbox } = await import("@whisperr/node/sqlite");
  const database = new DatabaseSync(${JSON.stringify(file)});
  database.exec("CREATE TABLE orders (id INTEGER)");
  const whisperr = createWhisperr({ baseUrl, outbox: sqliteOutbox({ database }) });
  database.exec("BEGIN; INSERT INTO orders VALUES (1)");
  whisperr.track("ada", "order_placed");
  ${end}`;

function stored(): number {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT * FROM whisperr_operations").all();
  database.close();
  return rows.length;
}

test.each(["COMMIT", "ROLLBACK"])(
  "process.exit() right after %s of the app's transaction keeps what was recorded in it",
  { timeout: PROCESS_LIMIT_MS },
  async (end) => {
    const ended = await runModule(await unusedUrl(), program(`database.exec("${end}"); process.exit();`));
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stored()).toBe(1);
  },
);

test("process.exit() in its midst says what goes with it", { timeout: PROCESS_LIMIT_MS }, async () => {
  const ended = await runModule(await unusedUrl(), program("process.exit();"));
  const line =
    "[whisperr] The process ended before 1 operation could be sent: await whisperr.shutdown() before it exits.\n";
  expect(ended).toMatchObject({ exitCode: 0, stderr: line });
  expect(stored()).toBe(0);
});

test.each(["0", "20_000"])(
  "what is recorded in the app's own transaction outlives process.exit() right behind it, with exitTimeoutMs %s too",
  async (exitTimeoutMs) => {
    const ended = await runModule(
      await unusedUrl(),
      `const { sqliteOutbox } = await import("@whisperr/node/sqlite");
       const { DatabaseSync } = await import("node:sqlite");
       const database = new DatabaseSync(${JSON.stringify(file)});
       const whisperr = createWhisperr({
         baseUrl, exitTimeoutMs: ${exitTimeoutMs}, outbox: sqliteOutbox({ database }), onError() {},
       });
       database.exec("CREATE TABLE orders (id INTEGER); BEGIN; INSERT INTO orders VALUES (1)");
       whisperr.track("ada", "bought");
       database.exec("COMMIT");
       process.exit();`,
    );
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    const database = new DatabaseSync(file);
    onTestFinished(() => database.close());
    expect(database.prepare("SELECT operation FROM whisperr_operations").all()).toEqual([
      { operation: expect.stringContaining("bought") },
    ]);
  },
  PROCESS_LIMIT_MS,
);
