/** SIGKILL again and again, with three processes on one SQLite file: what was recorded arrives, once, and in order. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault, IngestionApi } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, onTestFinished, test } from "vitest";
import { upTo } from "./numbers.ts";
import { bun, type Runtime } from "./runtime.ts";
import { type Program, runProgram, startProgram } from "./start-program.ts";

const node = (version: string): Runtime => ({
  ...bun,
  title: `Node.js ${version}`,
  binary: `node_modules/node${version}/bin/node`,
  // Node.js 22 says that its SQLite is new.
  args: () => ["--disable-warning=ExperimentalWarning"],
});

const PROCESSES = ["a", "b", "c"];
const EVENTS_OF_EACH = 100;

/** What the API does while they are killed: it refuses, hangs, and takes what it then says nothing of. */
const TROUBLE: readonly Fault[] = [
  { kind: "ok" },
  { kind: "status", status: 503 },
  { kind: "accept-and-lose-answer" },
  { kind: "hang" },
  { kind: "reset", when: "after" },
  { kind: "delay", ms: 20 },
];

/** What stays of the script when all are killed is the heir's: whoever waits ten seconds for each answer never gets through. */
const IMPATIENT = "requestTimeoutMs: 200, backoff: { baseMs: 10, maxMs: 20 }, maxRetries: 1000";

/**
 * The file has everything when it says so; then it only delivers, until it is killed. On a busy machine a call may have waited
 * in vain for the others: its event is in memory until the console says that the file can be written again.
 */
const producer = (file: string, name: string) => `
  const { sqliteOutbox } = await import("@whisperr/node/sqlite");
  let isBehind = false;
  let caughtUp = () => {};
  console.warn = (line) => {
    if (line.includes("cannot be written")) isBehind = true;
    if (!line.includes("can be written again")) return;
    isBehind = false;
    caughtUp();
  };
  const outbox = sqliteOutbox(${JSON.stringify(file)});
  const whisperr = createWhisperr({ ...options, ${IMPATIENT}, flushAt: 10, outbox, onError() {} });
  for (let n = 0; n < ${EVENTS_OF_EACH}; n++) {
    whisperr.track("ada", "step_taken", { producer: ${JSON.stringify(name)}, n });
    if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  while (isBehind) await new Promise((resolve) => (caughtUp = resolve));
  console.log("safe ");
  setInterval(() => {}, 1_000);`;

/** Takes over what is left, and delivers it. */
const heir = (file: string) => `
  const { sqliteOutbox } = await import("@whisperr/node/sqlite");
  await createWhisperr({ ...options, ${IMPATIENT}, outbox: sqliteOutbox(${JSON.stringify(file)}) }).shutdown();`;

/** By the process that recorded them, in the order they arrived. */
function arrived(api: IngestionApi): Map<unknown, unknown[]> {
  const byProducer = new Map<unknown, unknown[]>();
  for (const { properties } of api.store.events)
    byProducer.set(properties.producer, [...(byProducer.get(properties.producer) ?? []), properties.n]);
  return byProducer;
}

test.each([
  { runtime: node("26"), rounds: 17 },
  { runtime: node("24"), rounds: 3 },
  { runtime: node("22"), rounds: 3 },
  { runtime: bun, rounds: 3 },
])("$runtime.title, three processes killed $rounds times each", async ({ runtime, rounds }) => {
  const api = await startTestApi();
  const folder = mkdtempSync(join(tmpdir(), "whisperr-kills-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "whisperr.db");
  const program = (source: string): Program => ({ runtime, apiUrl: api.url, source });
  for (let round = 0; round < rounds; round++) {
    api.play(TROUBLE.map((_fault, index) => TROUBLE[(index * (round + 1)) % TROUBLE.length] as Fault));
    const running = PROCESSES.map((name) => startProgram(program(producer(file, `${name}${round}`))));
    for (const one of running) await one.printed("safe ");
    for (const one of running) one.kill("SIGKILL");
    for (const one of running) expect((await one.ended).exit).toBe("SIGKILL");
  }
  expect((await runProgram(program(heir(file)))).exit).toBe(0);
  expect((await runProgram(program(heir(file)))).exit).toBe(0);
  const byProducer = arrived(api);
  expect(byProducer.size).toBe(rounds * PROCESSES.length);
  for (const [name, numbers] of byProducer) expect(numbers, String(name)).toEqual(upTo(EVENTS_OF_EACH));
});
