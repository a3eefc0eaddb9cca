/** Programs with an outbox in Deno KV, and their violent ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestionApi } from "@whisperr/conformance/api";
import { expect, onTestFinished } from "vitest";
import { deno } from "./runtime.ts";
import type { Program, Running } from "./start-program.ts";

export const EVENTS = 5000;

/** A folder for a database, of this test alone. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "whisperr-kv-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Longer than a process has its queue for itself that is gone. */
const LEASE_IS_OVER_MS = 15_000;

/**
 * A program with an outbox in the database of `folder`, and with permission for nothing else. `round`: each begins when the leases
 * of those before it have run out, by its clock, and nobody has to wait.
 */
export function withOutbox(api: IngestionApi, folder: string, source: string, round = 0): Program {
  return {
    runtime: deno,
    apiUrl: api.url,
    imports: ["openKvOutbox"],
    args: ["--unstable-kv", `--allow-read=${folder}`, `--allow-write=${folder}`],
    source: `const { now } = Date;
      Date.now = () => now() + ${round * LEASE_IS_OVER_MS};
      const kv = await Deno.openKv(${JSON.stringify(join(folder, "outbox"))});
      const outbox = await openKvOutbox(kv);
      ${source}`,
  };
}

/**
 * Goes on with event `next`, or after the last one that is stored, up to 5,000, fifty at a time, and says how far it is safe. `more`: options
 * of the client.
 */
export const trackOn = (next: number, more = "{}") => `
  const last = outbox.at(outbox.size - 1);
  let n = Math.max(${next}, last === undefined ? 0 : JSON.parse(last.properties).n + 1);
  const whisperr = createWhisperr({ ...options, outbox, ...${more} });
  while (n < ${EVENTS}) {
    whisperr.track("ada", "step_taken", { n: n++ });
    if (n % 50 === 0) {
      await outbox.saved();
      console.log("safe", n);
      // Slow enough to be killed before it is through.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }`;

/** Kills it once it has said so; answers how far it was safe in the end. */
export async function killOnceSafe(program: Running, count: number): Promise<number> {
  await program.printed(`safe ${count}`);
  program.kill("SIGKILL");
  const { exit, stdout } = await program.ended;
  expect(exit).toBe("SIGKILL");
  return Math.max(...[...stdout.matchAll(/^safe (\d+)$/gm)].map(([, safe]) => Number(safe)));
}
