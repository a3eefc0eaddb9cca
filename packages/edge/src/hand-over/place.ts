/**
 * The place of an operation among everything its client hands over. It stays the same however often that operation is
 * handed over, so whoever receives it can restore the order, and knows a repetition.
 */
import { callTime, type QueuedOperation, uuid } from "@whisperr/core";

export interface Place {
  /** Which client: a random id, made at its first hand-over. */
  readonly client: string;
  /** 1, 2, 3 … in the order of the client's calls. */
  readonly number: number;
  /** Wall-clock ms since 1970 of the call; never decreasing within a client, and another one for each `identify()`. */
  readonly atMs: number;
}

/** The places of one client's operations. */
export interface Places {
  /** It is called now, unless it was before: that fixes its place. */
  readonly called: (operation: QueuedOperation) => void;
  readonly placeOf: (operation: QueuedOperation) => Place;
}

/** Draws nothing random until the first place is asked for: Workers forbid that outside of requests. */
export function createPlaces(nowMs: () => number = () => Date.now(), newId: () => string = uuid): Places {
  const calls = new WeakMap<QueuedOperation, Omit<Place, "client">>();
  let last = { number: 0, atMs: 0 };
  let client: string | undefined;
  function called(operation: QueuedOperation): Omit<Place, "client"> {
    const known = calls.get(operation);
    if (known !== undefined) return known;
    const { number, atMs } = last;
    const beforeMs = operation.kind === "identify" ? atMs : atMs - 1;
    last = { number: number + 1, atMs: callTime(beforeMs, nowMs()) };
    calls.set(operation, last);
    return last;
  }
  return {
    called,
    placeOf(operation) {
      client ??= newId();
      return { client, ...called(operation) };
    },
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
