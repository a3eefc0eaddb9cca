/** The faults of a case: handed to the API, and remembered, to know which requests it will never answer. */
import type { Fault, IngestionApi, RecordedRequest } from "../api/index.ts";
import type { Idle } from "../protocol.ts";

export interface Faults {
  /** From the next request on. */
  play(script: readonly Fault[]): void;
  setDefault(fault: Fault | null): void;
  /**
   * Requests that arrived, and that nothing but the SDK's patience can end. What it has given up is none of them, though the
   * API may not have noticed: what it sends next would be taken for silent.
   */
  silent(idle: Counted): RecordedRequest[];
  /** The SDK has nothing in flight: whatever it waited for until now, it no longer does. */
  allOver(idle: Counted): void;
}

/** Of what the driver says of its requests. */
type Counted = Partial<Pick<Idle, "requests" | "span">>;

export function createFaults(api: IngestionApi, otherOrigin: string): Faults {
  /** One per request so far and to come; the API consumes them in the same order. */
  const script: Fault[] = [];
  let standing: Fault = { kind: "ok" };
  let over = 0;
  /** Requests that the driver counts and that never arrived: known once nothing was in flight. */
  let missing: number | undefined;

  return {
    play(more) {
      const aimedFaults = more.map((fault) => aimed(fault, otherOrigin));
      while (script.length < api.requests.length) script.push(standing);
      script.push(...aimedFaults);
      api.play(aimedFaults);
    },
    setDefault(fault) {
      while (script.length < api.requests.length) script.push(standing);
      standing = fault === null ? { kind: "ok" } : aimed(fault, otherOrigin);
      api.setDefault(standing);
    },
    silent({ requests, span }) {
      if (requests !== undefined && span !== undefined && missing !== undefined)
        over = Math.max(over, requests - span - missing);
      return api.requests.slice(over).filter((one) => isSilent(one, script[one.index] ?? standing));
    },
    allOver({ requests }) {
      over = api.requests.length;
      missing = requests === undefined ? undefined : requests - over;
    },
  };
}

/** A stalled answer counts as given by the API, as its status has left; the SDK still waits for the rest. */
function isSilent({ text, answeredAtMs, status }: RecordedRequest, fault: Fault): boolean {
  const hangs = fault.kind === "hang" || (fault.kind === "firewall" && fault.by.kind === "hang");
  if (hangs) return text !== "" && answeredAtMs === undefined;
  return fault.kind === "accept-and-lose-answer" && fault.answer === "stall" && status !== undefined;
}

/** Cases can't know ports: "{other-origin}" in a redirect is where the second API listens. */
function aimed(fault: Fault, otherOrigin: string): Fault {
  if (fault.kind !== "redirect") return fault;
  return { ...fault, location: fault.location.replace("{other-origin}", otherOrigin) };
}
