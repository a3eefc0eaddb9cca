/**
 * Which queued identifies may have arrived although the answer that settles them says no: an earlier attempt had no
 * answer, or was made by another page or an earlier process. Certain are only those queued here that no attempt was
 * without an answer. They are known by their bodies.
 */
import type { Settling } from "./registration.ts";

export interface Doubts {
  /** Bodies of queued identifies. */
  readonly certain: Set<string>;
  /** As many as a queue holds. Beyond it all are in doubt, which costs a repetition and loses nothing. */
  readonly limit: number;
}

export const noDoubts = (limit: number): Doubts => ({ certain: new Set(), limit });

export function noteQueued({ certain, limit }: Doubts, body: string): void {
  if (certain.size >= limit) certain.clear();
  certain.add(body);
}

/** One with this body was sent, and nobody knows what became of it. */
export function doubt({ certain }: Doubts, body: string): void {
  certain.delete(body);
}

/** It has left the queue: delivered, or not. */
export function settlingOf({ certain }: Doubts, body: string, delivered: boolean): Settling {
  const isCertain = certain.delete(body);
  if (delivered) return "delivered";
  return isCertain ? "refused" : "unknown";
}
