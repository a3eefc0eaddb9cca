/**
 * From operations to request bodies: pure functions of what is stored, so every attempt of an event sends the same
 * bytes (contract, sections 2 to 4).
 */

import type { Outbox } from "../queue/outbox.ts";
import type { TrackOperation } from "./operation.ts";

export interface Batch {
  readonly path: "/v1/events/batch" | "/v1/identify";
  readonly body: string;
  /** Operations that the body carries. */
  readonly count: number;
}

/** Around the events. Each of them is counted with a comma, and the last has none. */
const ENVELOPE_BYTES = '{"events":[]}'.length - 1;
/** A UTF-16 code unit takes at most this many bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Cuts the next request, from `offset` on: an identify alone, or consecutive events up to `limit` of them and `maxBytes`
 * of body. A single event is cut even when it is larger; the server decides about it. The outbox must not be empty.
 */
export function cutBatch(outbox: Outbox, limit: number, maxBytes: number, offset = 0): Batch {
  const first = outbox.at(offset);
  if (first?.kind === "identify") return { path: "/v1/identify", body: first.body, count: 1 };

  let events = "";
  let count = 0;
  let bytes = ENVELOPE_BYTES;
  for (; count < limit; count++) {
    const operation = outbox.at(offset + count);
    if (operation?.kind !== "track") break;
    const event = encodeEvent(operation);
    const all = count === 0 ? event : `${events},${event}`;
    // Counting bytes exactly is only worth it near the limit; until then the most is assumed.
    bytes += event.length * MAX_BYTES_PER_UNIT + 1;
    if (bytes > maxBytes) bytes = ENVELOPE_BYTES + utf8Bytes(all) + 1;
    if (count > 0 && bytes > maxBytes) break;
    events = all;
  }
  return { path: "/v1/events/batch", body: `{"events":[${events}]}`, count };
}

/** One event as it travels. */
export function encodeEvent(operation: TrackOperation): string {
  const { userId, anonymousId, event, atMs, properties, context } = operation;
  const user = userId === undefined ? "" : `"external_user_id":${JSON.stringify(userId)},`;
  const visitor = anonymousId === undefined ? "" : `"anonymous_id":${JSON.stringify(anonymousId)},`;
  // biome-ignore lint/style/noRestrictedGlobals: formats its argument, reads no clock; fractions of a millisecond are cut off
  const occurredAt = new Date(atMs).toISOString();
  const rest = context === "{}" ? "}" : `,${context.slice(1)}`;
  return `{${user}${visitor}"event_type":"${event}","occurred_at":"${occurredAt}","properties":${properties},"context":{"$message_id":"${formatMessageId(operation)}"${rest}}`;
}

/**
 * The message id as a UUID: the first 24 characters of a random one, and a counter that starts where it ends. So events of one
 * burst share a string while they wait, and nothing random is drawn for each.
 */
export function formatMessageId({ idPrefix, idNumber }: TrackOperation): string {
  return idPrefix + idNumber.toString(16).padStart(12, "0");
}

/** Length in UTF-8, for text that holds no lone surrogates (`JSON.stringify` escapes them): each half of a pair counts two. */
export function utf8Bytes(text: string): number {
  return text.replace(/[\x80-\u07ff\ud800-\udfff]/g, "..").replace(/[\u0800-\uffff]/g, "...").length;
}
