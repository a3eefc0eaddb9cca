/**
 * A step: the state changes first, and others hear of it last. So an `onError` that calls back finds everything consistent,
 * whatever it calls.
 */
import type { Client } from "../client/client.ts";
import { report } from "../report/reporter.ts";
import { reportDropped } from "./settle.ts";

/**
 * What an `onError` causes by its own calls it hears of too, but not for ever: it may cause the same each time. The books
 * count everything. Far more than a step has of its own.
 */
const MAX_REPORTS = 20;

/** Changes the client by a function of the machine, then tells what came of it. */
export function step<Args extends readonly unknown[]>(
  client: Client,
  change: (client: Client, ...args: Args) => void,
  ...args: Args
): void {
  // Those of an onError's own calls wait for the next step, for the same reason.
  if (!client.isTelling) reportEvictions(client);
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
  const { reports, reporter } = client;
  if (client.isTelling) return;
  if (reporter.reporting) {
    // The app hears of a refused call at this moment, and of these afterwards.
    void Promise.resolve().then(() => tell(client));
  } else {
    client.isTelling = true;
    let told = 0;
    for (let error = reports.shift(); error && told < MAX_REPORTS; error = reports.shift(), told++) {
      client.isTellingKept = error.type !== "dropped";
      report(reporter, error);
      client.isTellingKept = false;
    }
    reports.length = 0;
    client.isTelling = false;
  }
  client.ports.onStep?.(client);
}
