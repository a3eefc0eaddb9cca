/**
 * A step: the state changes first, and others hear of it last. So an `onError` that calls back finds everything consistent,
 * whatever it calls.
 */
import type { Client } from "../client/client.ts";
import { report } from "../report/reporter.ts";
import { reportDropped } from "./settle.ts";

/** Changes the client by a function of the machine, then tells what came of it. */
export function step<Args extends readonly unknown[]>(
  client: Client,
  change: (client: Client, ...args: Args) => void,
  ...args: Args
): void {
  reportEvictions(client);
  change(client, ...args);
  tell(client);
}

function reportEvictions(client: Client): void {
  const { evicted } = client;
  client.evicted = undefined;
  if (evicted && evicted.count > 0) reportDropped(client, "queue_full", evicted.count, evicted.messageIds);
}

/** Called again from an app's `onError` it does nothing: the call that runs goes on with whatever comes. */
export function tell(client: Client): void {
  if (client.isTelling) return;
  client.isTelling = true;
  for (let error = client.reports.shift(); error !== undefined; error = client.reports.shift()) {
    client.isTellingKept = error.type !== "dropped";
    report(client.reporter, error);
    client.isTellingKept = false;
  }
  client.isTelling = false;
  client.ports.onStep?.(client);
}
