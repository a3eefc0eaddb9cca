/** Calls of an outbox that the app may have written: it must not throw, and when it does everything else still happens. */
import type { Client } from "../client/client.ts";
import { describeThrown } from "../events/refusal.ts";
import { printDebug } from "../report/reporter.ts";

export function attempt(client: Client, action: () => void): void {
  try {
    action();
  } catch (error) {
    printDebug(client.reporter, `the outbox failed: ${describeThrown(error)}`);
  }
}

/** Operations at the front that a request now carries; 0 once it has ended. */
export function noteInFlight(client: Client, count: number): void {
  attempt(client, () => client.outbox.inFlight?.(count));
}
