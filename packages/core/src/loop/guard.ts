/**
 * The last guard, around each call of the app, each timer and each answer. What a host is asked for is guarded where it comes in; this
 * is for what nobody has thought of: a built-in that other code has replaced, an object that throws when it is read, the end of the call
 * stack. Nothing gets out, the books balance, and delivery goes on.
 */
import type { Client } from "../client/client.ts";
import { mended } from "../delivery/flushing.ts";
import { dueIn } from "../queue/outbox.ts";
import { type FlushResult, lose, resultSince, step } from "./books.ts";
import { hasRoom } from "./call-stack.ts";

/** What `run` returns; undefined where it throws. */
export function guard<T>(client: Client, run: () => T): T | undefined {
  try {
    mend(client);
    return run();
  } catch {
    client.isTorn = true;
    try {
      mend(client);
    } catch {
      // Whoever comes next does it.
    }
    return undefined;
  }
}

/** A call that somebody waits for: at the end of the call stack it is made on a stack of its own. */
export function guardedWait(client: Client, run: () => Promise<FlushResult>): Promise<FlushResult> {
  if (!hasRoom()) return Promise.resolve().then(() => guardedWait(client, run));
  return guard(client, run) ?? asItIs(client);
}

/** Without Promise.resolve(), which the host may have broken. */
const asItIs = async (client: Client): Promise<FlushResult> => resultSince(client, client);

/**
 * After a step that broke off in its middle: what is queued and who waits is known for certain, and the books and the machine follow. At
 * the end of the call stack that is done on a stack of its own. May throw.
 */
export function mend(client: Client): void {
  if (!client.isTorn) return;
  if (!hasRoom()) return void Promise.resolve(client).then(mendAlone);
  client.isTorn = false;
  const { outbox, callers, ending, leavingAs } = client;
  client.bytes = Number.NaN;
  const missing = missingIn(client);
  client.accepted -= Math.min(missing, 0);
  const isUnderWay = (client.phase === "sending" ? client.request : client.timer) !== undefined;
  try {
    step(client, () => {
      // They are gone, and nobody has counted them.
      if (missing > 0 && leavingAs === null) client.delivered += missing;
      else if (missing > 0) lose(client, leavingAs ?? "outbox_failed", missing);
      client.leavingAs = undefined;
      mended(client, dueIn(outbox), callers.length, ending !== undefined, isUnderWay);
    });
  } catch (error) {
    client.isTorn = true;
    throw error;
  }
}

/** Operations that are neither queued nor counted; fewer than 0 where more are queued than were counted. */
export const missingIn = ({ accepted, delivered, lost, outbox }: Client): number =>
  accepted - delivered - lost - outbox.size;

const mendAlone = (client: Client): void => guard(client, () => {});
