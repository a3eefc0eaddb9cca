/** What a waiting event holds: heap before and after 100,000 calls, in a process of its own that can collect garbage. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createWhisperr } from "@whisperr/node";

const EVENTS = 100_000;

/** Bytes per queued event. */
export async function measureHeap(): Promise<number> {
  const output = execFileSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url)], {
    encoding: "utf8",
  });
  return Number(output);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const collect = globalThis.gc as () => void;
  const client = createWhisperr({
    apiKey: "wrk_bench",
    maxQueueSize: EVENTS,
    flushAt: EVENTS + 1,
    flushIntervalMs: 0,
    exitTimeoutMs: 0,
  });
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < EVENTS; i++)
    client.track(`user_${i}`, "payment_failed", { amount_cents: i, plan: "pro" });
  collect();
  process.stdout.write(String((process.memoryUsage().heapUsed - before) / EVENTS));
}
