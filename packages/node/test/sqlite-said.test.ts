/** The last `identify()` is the server's last word, with several processes on one SQLite file. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createWhisperr, type NodeOptions } from "@whisperr/node";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { sqliteOutbox } from "../src/sqlite.ts";
import { PROCESS_LIMIT_MS, runModule } from "./child-process.ts";
import { accept, type IngestionApi, refuse, startIngestionApi } from "./ingestion-api.ts";
import { newFolder } from "./sqlite-fixture.ts";

const DAY_MS = 86_400_000;

let file = "";
beforeEach(() => {
  file = join(newFolder(), "whisperr.db");
});

const plans = (api: IngestionApi) =>
  api.requests.flatMap(({ events }) =>
    events.flatMap((event) => (event as { traits?: { plan: string } }).traits?.plan ?? []),
  );

/** A queue of its own on the file, as a process has one; it sends when it is told. */
const start = (api: IngestionApi, options: NodeOptions = {}) =>
  createWhisperr({
    apiKey: "wrk_test",
    baseUrl: api.url,
    flushAt: 1000,
    flushIntervalMs: 0,
    outbox: sqliteOutbox(file),
    onError() {},
    ...options,
  });

const identify = (process: ReturnType<typeof start>, plan: string) => {
  process.identify("ada", { traits: { plan } });
  vi.setSystemTime(Date.now() + 1);
};

/** The clock of the calls stands still but for them. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

async function deliver(process: ReturnType<typeof start>): Promise<void> {
  // What is said again comes once the older one is settled.
  for (let round = 0; round < 3; round++) await process.flush();
}

function count(table: "said" | "operations"): number {
  const database = new DatabaseSync(file);
  const [row] = database.prepare(`SELECT count(*) AS count FROM whisperr_${table}`).all();
  database.close();
  return Number(row?.count);
}

/** Answers its one request when it is told. */
async function startGate() {
  let response: ServerResponse | undefined;
  const server = createServer((_request, its) => {
    response = its;
    server.emit("reached");
  });
  const reached = once(server, "reached");
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, reached, open: () => response?.end() };
}

test(
  "when the older one was of a process that was killed, and its queue is taken over",
  async () => {
    const [api, gate] = [await startIngestionApi(), await startGate()];
    const program = (lines: string) => `
      const { sqliteOutbox } = await import("@whisperr/node/sqlite");
      const outbox = sqliteOutbox(${JSON.stringify(file)});
      const whisperr = createWhisperr({ baseUrl, outbox, flushAt: 1000, flushIntervalMs: 0 });
      ${lines}`;
    const first = runModule(
      api.url,
      program(`
        whisperr.identify("ada", { traits: { plan: "trial" } });
        await fetch(${JSON.stringify(gate.url)});
        process.kill(process.pid, "SIGKILL");`),
    );
    await gate.reached;
    const second = program(`
      whisperr.identify("ada", { traits: { plan: "pro" } });
      await whisperr.shutdown();`);
    expect(await runModule(api.url, second)).toMatchObject({ exitCode: 0, stderr: "" });
    gate.open();
    expect((await first).signal).toBe("SIGKILL");
    expect(plans(api)).toEqual(["pro"]);
    // It ends by itself, and delivers before it does.
    expect(await runModule(api.url, program("await whisperr.shutdown();"))).toMatchObject({
      exitCode: 0,
      stderr: "",
    });

    expect(plans(api)).toEqual(["pro", "trial", "pro"]);
    expect([count("operations"), count("said")]).toEqual([0, 0]);
  },
  PROCESS_LIMIT_MS,
);

test("when a process that lives delivers an older one late", async () => {
  stopClock();
  const api = await startIngestionApi();
  const [first, second] = [start(api), start(api)];
  identify(first, "trial");
  identify(second, "pro");
  await deliver(second);
  await deliver(first);
  expect(plans(api)).toEqual(["pro", "trial", "pro"]);
  expect(first.stats()).toMatchObject({ accepted: 2, delivered: 2, pending: 0 });
  expect([count("operations"), count("said")]).toEqual([0, 0]);
});

test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
  "when three deliver theirs in the order %j",
  async (order) => {
    stopClock();
    const api = await startIngestionApi();
    const processes = [start(api), start(api), start(api)];
    for (const [n, plan] of ["trial", "pro", "left"].entries())
      identify(processes[n] as (typeof processes)[0], plan);
    for (const n of order) await deliver(processes[n] as (typeof processes)[0]);
    expect(plans(api).at(-1)).toBe("left");
    expect([count("operations"), count("said")]).toEqual([0, 0]);
  },
);

test("when an own newer one waits behind the older, or is recorded while the newer ones are found out", async () => {
  stopClock();
  const api = await startIngestionApi();
  const [first, second] = [start(api), start(api)];
  identify(first, "trial");
  identify(second, "pro");
  await deliver(second);
  identify(first, "left");
  await deliver(first);
  expect(plans(api).at(-1)).toBe("left");
  expect([count("operations"), count("said")]).toEqual([0, 0]);
});

test("when the process is killed that has just settled the older one: the newer is in the file", () => {
  stopClock();
  const said = (plan: string) =>
    ({
      kind: "identify",
      body: JSON.stringify({ external_user_id: "ada", traits: { plan } }),
    }) as const;
  const [first, second] = [sqliteOutbox(file), sqliteOutbox(file)];
  first.append(said("trial"));
  vi.setSystemTime(Date.now() + 1);
  second.append(said("pro"));
  second.remove(0, 1);
  // A call that comes before the newer one is back in the queue keeps its own place, and is removed alone.
  first.remove(0, 1);
  expect([count("operations"), first.size]).toEqual([1, 0]);
  first.append({ kind: "track" });
  expect(count("operations")).toBe(2);
  first.remove(0, 1);
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT operation FROM whisperr_operations").all();
  database.close();
  expect(rows).toEqual([{ operation: expect.stringContaining("pro") }]);
});

test("what was refused, or made room for others, has said nothing: nobody says it again", async () => {
  stopClock();
  let isRefusing = false;
  const api = await startIngestionApi((response) => (isRefusing ? refuse(400) : accept)(response, 0));
  const [first, second] = [start(api), start(api, { maxQueueSize: 1 })];
  identify(first, "trial");
  identify(second, "unknown");
  isRefusing = true;
  await deliver(second);
  isRefusing = false;
  identify(second, "pro");
  second.track("ada", "plan_seen");
  expect(second.stats().dropped).toEqual({ rejected: 1, queue_full: 1 });
  expect(count("said")).toBe(0);
  await deliver(first);
  expect(plans(api)).toEqual(["unknown", "trial"]);
  expect(first.stats()).toMatchObject({ accepted: 1, delivered: 1 });
});

test("a note is kept for a week, and nothing is noted while nobody else has anything", async () => {
  stopClock();
  const api = await startIngestionApi();
  const [first, second] = [start(api), start(api)];
  identify(second, "alone");
  await deliver(second);
  expect(count("said")).toBe(0);
  identify(first, "trial");
  identify(second, "pro");
  await deliver(second);
  expect(count("said")).toBe(1);
  vi.setSystemTime(Date.now() + 7 * DAY_MS + 1);
  await deliver(first);
  expect(plans(api)).toEqual(["alone", "pro", "trial"]);
});

test("what a clock noted that was years ahead is forgotten once it is set back", async () => {
  stopClock();
  const nowMs = Date.now();
  const api = await startIngestionApi();
  const [first, ahead] = [start(api), start(api)];
  identify(first, "trial");
  vi.setSystemTime(nowMs + 2_000 * DAY_MS);
  identify(ahead, "pro");
  await deliver(ahead);
  vi.setSystemTime(nowMs + 1_000);
  const later = start(api);
  identify(later, "basic");
  await deliver(later);
  await deliver(first);
  await deliver(later);
  expect(plans(api)).toEqual(["pro", "basic", "trial", "basic"]);
  expect(count("said")).toBe(0);
});

test("a file of the first version keeps its records, which are older than all that have a time", async () => {
  const database = new DatabaseSync(file);
  const operation = JSON.stringify({
    kind: "identify",
    body: JSON.stringify({ external_user_id: "ada", traits: { plan: "trial" } }),
  });
  database.exec(`
    CREATE TABLE whisperr_queues (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE TABLE whisperr_operations (
      queue INTEGER NOT NULL, number INTEGER NOT NULL, operation TEXT NOT NULL, PRIMARY KEY (queue, number)
    ) WITHOUT ROWID;
    INSERT INTO whisperr_queues VALUES (1);
    INSERT INTO whisperr_operations VALUES (1, 0, '${operation}');
    PRAGMA user_version = 1`);
  // A process of that version runs on, and goes on writing as it did.
  const insert = database.prepare("INSERT OR REPLACE INTO whisperr_operations VALUES (?, ?, ?)");
  const api = await startIngestionApi();
  const [first, second] = [start(api), start(api)];
  insert.run(1, 1, operation);
  database.close();
  expect(first.stats().pending).toBe(1);
  identify(second, "pro");
  await deliver(second);
  await deliver(first);
  expect(plans(api)).toEqual(["pro", "trial", "pro"]);
});
