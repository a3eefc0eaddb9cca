/** The price of one call: `track()` with a fetch that never answers, against `JSON.stringify` of the same properties. */
import { createWhisperr, type Whisperr } from "@whisperr/node";

const CALLS = 9_000;
const ROUNDS = 60;
const properties = (i: number) => ({ amount_cents: 4900 + (i % 100), currency: "usd", plan: "pro" });

function makeClient(maxQueueSize: number): Whisperr {
  return createWhisperr({
    apiKey: "wrk_bench",
    flushIntervalMs: 0,
    maxQueueSize,
    exitTimeoutMs: 0,
    fetch: () => new Promise(() => {}),
    onError: () => {},
  });
}

/** Median time of one call in µs. `prepare` makes what is called, anew for each round. */
function medianUs(prepare: () => (i: number) => unknown): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const call = prepare();
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) call(i);
    rounds.push(Number(process.hrtime.bigint() - start) / 1000 / CALLS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}

export async function measureTrack(): Promise<{ overheadUs: number; fullToEmpty: number }> {
  let sink = 0;
  const stringify = medianUs(() => (i) => {
    sink += JSON.stringify(properties(i)).length;
  });
  const empty = medianUs(() => {
    const client = makeClient(10_000);
    return (i) => client.track("user_8842", "payment_failed", properties(i));
  });
  // One client that is full from the first round on: every call drops the oldest.
  const full = makeClient(10_000);
  for (let i = 0; i < 10_000; i++) full.track("user_8842", "payment_failed", properties(i));
  const fullUs = medianUs(() => (i) => full.track("user_8842", "payment_failed", properties(i)));
  console.error(
    `  stringify ${stringify.toFixed(3)} µs, track() ${empty.toFixed(3)} µs, on a full queue ${fullUs.toFixed(3)} µs`,
  );
  if (sink === 0) throw new Error("nothing was measured");
  return { overheadUs: empty - stringify, fullToEmpty: fullUs / empty };
}
