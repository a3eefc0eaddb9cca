/**
 * The machine of the requests as the pure function it is: from a copied state and effects that are only noted, a step. So
 * every pair of state and input can be tabulated, and every reachable state visited.
 */
import {
  adjust,
  awaitNext,
  came,
  expired,
  lost,
  moveUp,
  type OpenRequest,
  type RequestEffects,
  type Requests,
  type RequestsState,
} from "../../src/client/requests.ts";

/** Everything that can happen to the machine: a function of it, and its arguments. */
export type Input =
  | { readonly type: "moveUp"; readonly offset: number; readonly count: number }
  | { readonly type: "awaitNext"; readonly awaits: "nothing" | "timer" | "sending" }
  | { readonly type: "adjust"; readonly size: number; readonly isUnderWay: boolean }
  | { readonly type: "came" | "expired" | "lost"; readonly id: number };

/** `open 2`, or `cutOff`. */
export type Effect = string;

export interface Step {
  readonly state: RequestsState;
  readonly effects: readonly Effect[];
}

export function transition(state: Readonly<RequestsState>, input: Input): Step {
  const noted: Effect[] = [];
  const note = (name: keyof RequestEffects) => (_: Requests, request?: OpenRequest) =>
    void noted.push(request === undefined ? name : `${name} ${request.id}`);
  const machine: Requests = {
    requests: structuredClone(state),
    requestEffects: {
      open: note("open"),
      close: note("close"),
      wake: note("wake"),
      setTimer: note("setTimer"),
      send: note("send"),
      cutOff: note("cutOff"),
      recover: note("recover"),
      abandon: note("abandon"),
    },
  };
  happen(machine, input);
  return { state: machine.requests, effects: noted };
}

function happen(machine: Requests, input: Input): void {
  switch (input.type) {
    case "moveUp":
      return moveUp(machine, input.offset, input.count);
    case "awaitNext":
      return awaitNext(machine, input.awaits);
    case "adjust":
      return adjust(machine, input.size, input.isUnderWay);
    case "came":
      return came(machine, requestOf(machine, input.id));
    case "expired":
      return expired(machine, requestOf(machine, input.id));
    case "lost":
      return lost(machine, requestOf(machine, input.id));
  }
}

/** One that is not open is over. */
export function requestOf({ requests }: Requests, id: number): OpenRequest {
  return requests.open.find((request) => request.id === id) ?? { id, upTo: 0 };
}
