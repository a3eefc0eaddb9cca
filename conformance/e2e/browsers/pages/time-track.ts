/** What a call of `track()` costs. Clocks of pages are coarse, so a run of calls is timed and divided. */
import type { Ask } from "../site/plan.ts";
import type { Client } from "./page.ts";

/** µs per call, with `waiting` operations waiting in the middle of the run. The queue is empty before and after. */
export async function timeTrack(client: Client, ask: Extract<Ask, { do: "timeTrack" }>): Promise<number> {
  await client.flush?.();
  const before = Math.max(0, Math.round(ask.waiting - ask.calls / 2));
  for (let n = 0; n < before; n++) client.track?.("waiting", { n });
  // What the calls above left to do (a timer set, a request begun) is not this run's cost.
  await new Promise((resolve) => setTimeout(resolve));
  const start = performance.now();
  for (let n = 0; n < ask.calls; n++) client.track?.("timed", { n, amount: 42, currency: "EUR" });
  const elapsedMs = performance.now() - start;
  await client.flush?.();
  return (elapsedMs * 1000) / ask.calls;
}
