/**
 * From operations to request bodies: pure functions of what is stored, so every attempt of an event sends the same
 * bytes (contract, sections 2 to 4).
 */

import type { Outbox } from "../queue/outbox.ts";
import { formatMessageId, type Operation, type TrackOperation } from "./operation.ts";
import { formatTimestamp } from "./time.ts";

export interface Batch {
  readonly path: "/v1/events/batch" | "/v1/identify";
  readonly body: string;
  /** Operations from the front of the outbox that the body carries. */
  readonly count: number;
}

const HEAD = '{"events":[';
const TAIL = "]}";
/** Each event is counted with a comma behind it, and the last has none. */
const ENVELOPE_BYTES = HEAD.length + TAIL.length - 1;
/** A UTF-16 code unit takes at most this many bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Cuts the next request from the front: an identify alone, or consecutive events up to `limit` of them and `maxBytes`
 * of body. A single event is cut even when it is larger; the server decides about it. The outbox must not be empty.
 */
export function cutBatch(outbox: Outbox, limit: number, maxBytes: number): Batch {
  const first = outbox.at(0);
  if (first?.kind === "identify") return { path: "/v1/identify", body: first.body, count: 1 };

  let events = "";
  let count = 0;
  // Counting bytes exactly is only worth it near the limit; until then three bytes a unit is assumed.
  let bytes = ENVELOPE_BYTES;
  let exact = false;
  for (; count < limit; count++) {
    const operation: Operation | undefined = outbox.at(count);
    if (operation?.kind !== "track") break;
    const event = encodeEvent(operation);
    const atMost = event.length * MAX_BYTES_PER_UNIT + 1;
    if (!exact && bytes + atMost > maxBytes) {
      exact = true;
      bytes = ENVELOPE_BYTES + (count === 0 ? 0 : utf8Bytes(events) + 1);
    }
    const added = exact ? utf8Bytes(event) + 1 : atMost;
    if (count > 0 && bytes + added > maxBytes) break;
    events = count === 0 ? event : `${events},${event}`;
    bytes += added;
  }
  return { path: "/v1/events/batch", body: HEAD + events + TAIL, count };
}

/** One event as it travels. */
export function encodeEvent(operation: TrackOperation): string {
  const { userId, anonymousId, event, atMs, properties, context } = operation;
  const user = userId === undefined ? "" : `"external_user_id":${JSON.stringify(userId)},`;
  const visitor = anonymousId === undefined ? "" : `"anonymous_id":${JSON.stringify(anonymousId)},`;
  const rest = context.length > 2 ? `,${context.slice(1)}` : "}";
  return `{${user}${visitor}"event_type":"${event}","occurred_at":"${formatTimestamp(atMs)}","properties":${properties},"context":{"$message_id":"${formatMessageId(operation)}"${rest}}`;
}

/** Length in UTF-8, for text that holds no lone surrogates (`JSON.stringify` escapes them). */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
