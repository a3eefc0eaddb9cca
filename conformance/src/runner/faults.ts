/** The faults of a case: handed to the API, and remembered, to know which requests it will never answer. */
import type { Fault, IngestionApi, RecordedRequest } from "../api/index.ts";

export interface Faults {
  /** From the next request on. */
  play(script: readonly Fault[]): void;
  setDefault(fault: Fault | null): void;
  /** Requests that arrived and that nothing but the SDK's patience can end. */
  silent(): RecordedRequest[];
  /** The SDK has nothing in flight: whatever it waited for until now, it no longer does. */
  allOver(): void;
}

export function createFaults(api: IngestionApi, otherOrigin: string): Faults {
  /** One per request so far and to come; the API consumes them in the same order. */
  const script: Fault[] = [];
  let standing: Fault = { kind: "ok" };
  let over = 0;

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
    silent: () => api.requests.slice(over).filter((one) => isSilent(one, script[one.index] ?? standing)),
    allOver: () => {
      over = api.requests.length;
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
