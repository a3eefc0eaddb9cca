/**
 * The place of an operation among everything its client hands over. It stays the same however often that operation is
 * handed over, so whoever receives it can restore the order, and knows a repetition.
 */
import { type QueuedOperation, uuid } from "@whisperr/core";

export interface Place {
  /** Which client: a random id, made at its first hand-over. */
  readonly client: string;
  /** 1, 2, 3 … in the order of the client's calls. */
  readonly number: number;
  /** Wall-clock ms since 1970 of the first hand-over; never decreasing within a client. */
  readonly atMs: number;
}

/** Draws nothing random until the first operation: Workers forbid that outside of requests. */
export function createPlaces(
  nowMs: () => number = () => Date.now(),
  newId: () => string = uuid,
): (operation: QueuedOperation) => Place {
  const places = new WeakMap<QueuedOperation, Place>();
  let last: Place | undefined;

  return (operation) => {
    const known = places.get(operation);
    if (known !== undefined) return known;
    last = {
      client: last?.client ?? newId(),
      number: (last?.number ?? 0) + 1,
      atMs: Math.max(last?.atMs ?? 0, nowMs()),
    };
    places.set(operation, last);
    return last;
  };
}

/** By time, then by client, then in the client's own order. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.client !== b.client) return a.client < b.client ? -1 : 1;
  return a.number - b.number;
}

/** The place that was sent along; undefined when it is none. */
export function parsePlace(value: unknown): Place | undefined {
  const { client, number, atMs } = Object(value) as { readonly [name in keyof Place]?: unknown };
  const fits = typeof client === "string" && Number.isInteger(number) && Number.isFinite(atMs);
  return fits ? { client, number: number as number, atMs: atMs as number } : undefined;
}
