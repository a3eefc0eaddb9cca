/**
 * The last guard, around each call of the app, each timer and each answer. What a host is asked for is guarded where it comes in; this
 * is for what nobody has thought of: a built-in that other code has replaced, an object that throws when it is read. Nothing gets out,
 * the books balance, and delivery goes on.
 */
import { attempt } from "../attempt.ts";
import type { Client } from "../client/client.ts";
import { appended, leave, pause } from "../delivery/flow.ts";
import { dueIn } from "../queue/outbox.ts";
import type { FlushResult } from "./flush.ts";

/** What `run` returns; undefined where it throws. */
export function guard<T>(client: Client, run: () => T): T | undefined {
  try {
    return run();
  } catch {
    attempt(() => mend(client), undefined);
    return undefined;
  }
}

/** A call that somebody waits for. */
export const guardedWait = (client: Client, run: () => Promise<FlushResult>): Promise<FlushResult> =>
  guard(client, run) ?? Promise.resolve({ delivered: 0, dropped: 0, pending: client.outbox.size });

/** Something broke off in the middle: the outbox says what is queued, and what was to be sent is sent a little later. May throw. */
export function mend(client: Client): void {
  const { outbox, pending, phase, request } = client;
  client.accepted = client.delivered + client.lost + outbox.size;
  const gone = pending - dueIn(outbox);
  if (gone > 0) leave(client, 0, gone);
  else appended(client, -gone);
  if (phase === "sending" && !request) pause(client, "backoff", client.config.backoff.baseMs);
}
