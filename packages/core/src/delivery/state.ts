/**
 * The delivery machine's state: a small plain-JSON record without payloads, clocks or promises, so it can be
 * enumerated exhaustively, logged and replayed.
 *
 * Operations are known by position only: position 0 is the front of the outbox, the oldest operation.
 */

/**
 * - `starting`: what earlier pages left behind is still being looked for; nothing is sent (client SDKs).
 * - `idle`: nothing under way; when operations wait, the interval timer is armed.
 * - `sending`: one request is being cut or is in flight.
 * - `backoff`: waiting out a computed delay before the next attempt, or before a flush that follows several futile ones.
 * - `throttled`: waiting out a delay the server asked for (`Retry-After`); nothing shortens it.
 * - `unauthorized`: the server refused the key; only `flush()` or the interval tries again.
 * - `stopped`: shut down; final.
 */
export type Phase = "starting" | "idle" | "sending" | "backoff" | "throttled" | "unauthorized" | "stopped";

export interface DeliveryState {
  phase: Phase;
  /** Operations in the outbox, those in flight included. */
  pending: number;
  /** Operations at the front that the current request carries, and those that stand in front of a probe; 0 until its batch is cut. */
  inFlight: number;
  /**
   * Where the current request begins, or the next one after a backoff: at the front, 0, or behind it. Then it is a probe of one operation: does the server
   * take anything at all, while the front failed alone in all its attempts?
   */
  offset: number;
  /**
   * Failures in a row that what is in front may have caused, since there was last less of it: more of them than an operation has
   * attempts, alone, and another one is probed. Beyond `MAX_DOUBTS` that one was taken: the front has one more attempt, for what
   * was mended in between would look the same.
   */
  doubts: number;
  /** Where the next probe goes, 1 or more: further each time, for a run of bad ones must not look like an outage for ever. */
  probes: number;
  /** Operations appended since the last flush started; `flushAt` of them start the next one. See also `retriesKept`. */
  fresh: number;
  /** Operations at the front that the running flush must settle; 0 when no flush runs. */
  goal: number;
  /** One goal per waiting `flush()` caller, oldest first, so never decreasing. */
  flushes: number[];
  /** Consecutive attempts that ended in class retry. */
  failures: number;
  /**
   * Flushes in a row that used up their attempts, as far as that makes a difference: each halves the retries of the next
   * one and doubles the wait for it.
   */
  rounds: number;
  /** Flushes in a row that calls started at once, and of which the server took nothing; counted no further than `MAX_FUTILE`. */
  futile: number;
  /** Operations the next request may carry. */
  limit: number;
  /** Operations at the front known to hold a bad one; 0 when nothing is suspected. */
  suspect: number;
  /** The largest batch the server is believed to take. */
  ceiling: number;
  /** Refusals since the last acceptance; counted no further than makes a difference. */
  refusals: number;
  /** Set by `stopRequested`: the running flush is the last one. */
  stopping: boolean;
}

/** The part of the options that decides. */
export interface DeliveryConfig {
  /** Operations that start a flush, 1 or more. */
  readonly flushAt: number;
  /** Milliseconds between an append into an empty queue and the flush it leads to; 0 = never. */
  readonly flushIntervalMs: number;
  /** Operations kept; 1 or more. */
  readonly maxQueueSize: number;
  /** Events a batch, 1 to 500. */
  readonly maxBatchSize: number;
  /** Attempts after the first one, 0 or more. */
  readonly maxRetries: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
  /**
   * Whether the interval tries again what was kept when delivery stopped (key refused, retries used up, a deadline passed).
   * Otherwise it is left alone until another operation comes, or `flush()`. Default true.
   */
  readonly retriesKept?: boolean;
}

export function initialState(
  { maxBatchSize }: Pick<DeliveryConfig, "maxBatchSize">,
  phase: "starting" | "idle" = "idle",
): DeliveryState {
  return {
    phase,
    pending: 0,
    inFlight: 0,
    offset: 0,
    doubts: 0,
    probes: 1,
    fresh: 0,
    goal: 0,
    flushes: [],
    failures: 0,
    rounds: 0,
    futile: 0,
    limit: maxBatchSize,
    suspect: 0,
    ceiling: maxBatchSize,
    refusals: 0,
    stopping: false,
  };
}
