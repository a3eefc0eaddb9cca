/** Tracks numbered events, so that the API can tell whose each is and where it stood. */
import type { Ask, StepProperties } from "../site/plan.ts";
import type { Client } from "./page.ts";
import { STEP_EVENT } from "./step-event.ts";

/** The page's clock after the last call. */
export function trackSteps(client: Client, ask: Extract<Ask, { do: "track" }>): number {
  for (let n = ask.from; n < ask.from + ask.count; n++) {
    const properties: StepProperties = { chain: ask.chain, n, atMs: Date.now() };
    if (ask.who !== undefined) properties.who = ask.who;
    if (ask.bytes !== undefined) properties.ballast = "x".repeat(ask.bytes);
    client.track?.(STEP_EVENT, properties);
  }
  return Date.now();
}

export function keepTracking(client: Client, ask: Extract<Ask, { do: "keepTracking" }>): void {
  let n = 0;
  setInterval(() => {
    trackSteps(client, { do: "track", chain: ask.chain, from: n++, count: 1 });
  }, ask.everyMs);
}
