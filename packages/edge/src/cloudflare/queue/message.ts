/** One message of a Queue: one operation and its place, so that a bad one is exactly one message. */
import { type Operation, parseOperation, type QueuedOperation } from "@whisperr/core";
import { type Place, parsePlace } from "../../hand-over/place.ts";

/** The body of a message. It is stored JSON that another version of this package may read: `whisperr` is the format's. */
export interface QueueMessageBody extends Place {
  readonly whisperr: 1;
  readonly operation: QueuedOperation;
}

export function messageBody(operation: QueuedOperation, place: Place): QueueMessageBody {
  return { whisperr: 1, ...place, operation };
}

export interface ReadMessage {
  readonly place: Place;
  readonly operation: Operation;
}

/** What a message says; undefined when it is not one of ours, or not readable. */
export function readMessageBody(body: unknown): ReadMessage | undefined {
  const { whisperr, operation: stored } = Object(body) as { whisperr?: unknown; operation?: unknown };
  const place = parsePlace(body);
  if (whisperr !== 1 || place === undefined || stored === undefined) return undefined;
  const operation = parseOperation(JSON.stringify(stored));
  return operation && { place, operation };
}
