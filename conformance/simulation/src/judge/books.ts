/** What became of every call of a world, as the world knows it: nothing here is what an SDK says of itself. */

import { noTraffic, type Traffic } from "@whisperr/conformance/invariants/traffic.ts";

/** One call of `track()` or `identify()`. */
export interface Call {
  readonly number: number;
  readonly kind: "track" | "identify";
  readonly userId: string;
  /** What the clock of its host showed. */
  readonly atMs: number;
  /**
   * `refused`: never queued. `settled`: left a queue with an answer, and `dropped` without one, or with one that refused
   * it. `lost`: a process died, or ended, that alone had it.
   */
  fate: "calling" | "refused" | "queued" | "settled" | "dropped" | "lost";
  /** It, or something with it, failed in a request with nothing forbidden in it; not since all is well. */
  hasFailed?: boolean;
}

export interface Books {
  /** By number; 0 is none. */
  readonly calls: readonly Call[];
  readonly traffic: Traffic;
  /** The first thing that must not be. */
  readonly violation: string | undefined;
  open(kind: Call["kind"], userId: string, atMs: number): Call;
  of(number: number): Call;
  /** Notes what must not be. Throwing would not do: SDKs catch what their ports throw. */
  violate(what: string): void;
}

export function createBooks(): Books {
  const none: Call = {
    number: 0,
    kind: "track",
    userId: "",
    atMs: 0,
    fate: "refused",
  };
  const calls: Call[] = [none];
  let violation: string | undefined;
  return {
    calls,
    traffic: noTraffic(),
    get violation() {
      return violation;
    },
    open(kind, userId, atMs) {
      const call: Call = { number: calls.length, kind, userId, atMs, fate: "calling" };
      calls.push(call);
      return call;
    },
    of(number) {
      return calls[number] ?? none;
    },
    violate(what) {
      violation ??= what;
    },
  };
}
