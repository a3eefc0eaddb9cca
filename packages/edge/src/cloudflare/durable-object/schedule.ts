/** When a Durable Object delivers next. Alarms are its clock: what this says is set as its alarm. */
import type { Waiting } from "./store.ts";

export interface Queued {
  readonly size: number;
  /** When the oldest came; undefined when there is none. */
  readonly oldestAtMs: number | undefined;
}

export interface Schedule {
  /** Operations that are delivered at once. */
  readonly flushAt: number;
  /** Milliseconds others wait for company; 0 = none. */
  readonly flushIntervalMs: number;
}

/** Wall-clock ms since 1970; null when nothing is queued. */
export function nextAlarmMs(
  { size, oldestAtMs }: Queued,
  { notBeforeMs }: Waiting,
  { flushAt, flushIntervalMs }: Schedule,
): number | null {
  if (oldestAtMs === undefined) return null;
  const dueMs = size >= flushAt ? oldestAtMs : oldestAtMs + flushIntervalMs;
  return Math.max(dueMs, notBeforeMs);
}
