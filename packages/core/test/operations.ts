/** Builders of operations for tests. */
import {
  type IdentifyOperation,
  isHeld,
  type Operation,
  type TrackOperation,
} from "../src/events/operation.ts";
import type { Outbox } from "../src/queue/outbox.ts";

/** What the message ids of these operations begin with: 24 characters of a version 4 UUID. */
export const ID_PREFIX = "f7a1c2e0-4b3d-4f6a-9c1e-";

export function aTrack(over: Partial<TrackOperation> = {}): TrackOperation {
  return {
    kind: "track",
    userId: "user_8842",
    event: "payment_failed",
    atMs: Date.UTC(2026, 5, 14, 12),
    idPrefix: ID_PREFIX,
    idNumber: 1,
    properties: "{}",
    context: "{}",
    ...over,
  };
}

/** `count` tracks that differ by their message id: numbers 1 to `count`. */
export function tracks(count: number): TrackOperation[] {
  return Array.from({ length: count }, (_, index) => aTrack({ idNumber: index + 1 }));
}

export function anIdentify(userId = "user_8842"): IdentifyOperation {
  return { kind: "identify", body: `{"external_user_id":${JSON.stringify(userId)}}` };
}

/** At the end, but in front of what waits for a user. */
export function insert(operations: Operation[], operation: Operation): void {
  const waiting = isHeld(operation) ? 0 : operations.filter(isHeld).length;
  operations.splice(operations.length - waiting, 0, operation);
}

/** The naive outbox: an array, and no cleverness. */
export function arrayOutbox(operations: Operation[] = []): Outbox {
  const held = [...operations];
  return {
    get size() {
      return held.length;
    },
    append: (operation) => insert(held, operation),
    replace: (index, event) => void held.splice(index, 1, event),
    at: (index) => held[index],
    remove: (offset, count) => void held.splice(offset, count),
  };
}
