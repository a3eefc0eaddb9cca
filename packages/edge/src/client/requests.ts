/**
 * The requests that share a client: which of them stay open, and in which of them delivery goes on. Functions over a small
 * plain-JSON record, which they change in place, and a record of effects, which they call: no clock, no promise, no payload.
 *
 * Platforms tie timers and fetches to the request that made them, and may end that without a word. So:
 * 1. A request stays open exactly while something of its own, or in front of that, is unsettled and delivery is under way.
 *    What is in front is settled first; but where its own was the probe, it sees through what that is for.
 * 2. What delivery waits for happens in the youngest of them, which has the most time left. All that another one can do is
 *    wake it: then it goes on in its own context (`came`).
 * 3. An answer is awaited where its batch was sent. When that request is over, the batch goes again, in another.
 */

/** A request that waits for something of its own. */
export interface OpenRequest {
  /** Greater than that of any request before it. */
  readonly id: number;
  /** Operations at the front of the queue that it waits for: its own are among them, and the last one is. */
  upTo: number;
}

export interface RequestsState {
  /** Oldest first. */
  readonly open: OpenRequest[];
  /** The request whose calls run now, or the last one; 0: there was none. */
  caller: number;
  /** Operations whose request is known. Those behind them came since, from the caller. */
  assigned: number;
  /** What delivery waits for: a timer, its chance to send, or an answer. */
  awaits: "nothing" | "timer" | "sending" | "answer";
  /** The request in which that happens; 0: there is none. */
  owner: number;
  /** The timer is set there. Until then, and before a batch is sent, the owner was only woken for it. */
  isSet: boolean;
}

/** What every function works on. */
export interface Requests {
  readonly requests: RequestsState;
  readonly requestEffects: RequestEffects;
}

export interface RequestEffects {
  /** Keep the request open until `close`; say `expired` at its deadline. */
  open(machine: Requests, request: OpenRequest): void;
  close(machine: Requests, request: OpenRequest): void;
  /** Have the request's own code run, and say `came`. */
  wake(machine: Requests, request: OpenRequest): void;
  /**
   * Set delivery's timer in the request, whose code runs now. It may be set in others too, which cannot be reached: the
   * first that fires counts.
   */
  setTimer(machine: Requests, request: OpenRequest): void;
  /** Send a batch in the request, whose code runs now. */
  send(machine: Requests, request: OpenRequest): void;
  /** The batch under way has lost its request: that attempt has failed. */
  cutOff(machine: Requests): void;
  /** The same, but long ago, and nobody knows what came of it: report that, and try again at once. */
  recover(machine: Requests): void;
  /** No request is left: report what stays behind. */
  abandon(machine: Requests): void;
}

export function initialRequests(): RequestsState {
  return { open: [], caller: 0, assigned: 0, awaits: "nothing", owner: 0, isSet: false };
}

/** `count` operations leave the queue from `offset` on. */
export function moveUp({ requests }: Requests, offset: number, count: number): void {
  const moved = (position: number) => position - Math.min(Math.max(position - offset, 0), count);
  for (const request of requests.open) request.upTo = moved(request.upTo);
  requests.assigned = moved(requests.assigned);
}

/** Delivery waits for this from now on, and for nothing else. */
export function awaitNext({ requests }: Requests, awaits: "nothing" | "timer" | "sending"): void {
  requests.awaits = awaits;
  requests.owner = 0;
  requests.isSet = false;
}

/** After each of delivery's steps, and each call: `size` operations are in the queue. `isUnderWay`: it goes on by itself. */
export function adjust(machine: Requests, size: number, isUnderWay: boolean): void {
  const { requests } = machine;
  if (isUnderWay && requests.caller > 0 && requests.assigned < size) join(machine, size);
  requests.assigned = size;
  for (const request of [...requests.open]) if (!isUnderWay || request.upTo === 0) close(machine, request);
  pass(machine);
}

/** The caller waits for what is not assigned yet. It is the youngest, or not open. */
function join(machine: Requests, size: number): void {
  const { open, caller } = machine.requests;
  const youngest = open.at(-1);
  if (youngest?.id === caller) {
    youngest.upTo = size;
    return;
  }
  const request = { id: caller, upTo: size };
  open.push(request);
  machine.requestEffects.open(machine, request);
}

/** The code of a request runs, in its own context. */
export function came(machine: Requests, request: OpenRequest): void {
  const { requests, requestEffects } = machine;
  if (requests.owner !== request.id || requests.isSet) return;
  if (requests.awaits === "timer") {
    requests.isSet = true;
    requestEffects.setTimer(machine, request);
  } else if (requests.awaits === "sending") {
    requests.awaits = "answer";
    requestEffects.send(machine, request);
  }
}

/** The deadline of a request has passed. */
export function expired(machine: Requests, request: OpenRequest): void {
  const { requests, requestEffects } = machine;
  if (!leaves(machine, request)) return;
  if (requests.open.length === 0) requestEffects.abandon(machine);
  else if (isCarrier(requests, request)) requestEffects.cutOff(machine);
  else pass(machine);
}

/** A request has turned out to be over: it can do nothing any more, and said nothing. */
export function lost(machine: Requests, request: OpenRequest): void {
  const { requests, requestEffects } = machine;
  if (!leaves(machine, request)) return;
  if (isCarrier(requests, request)) requestEffects.recover(machine);
  else pass(machine);
}

function isCarrier({ awaits, owner }: RequestsState, { id }: OpenRequest): boolean {
  return awaits === "answer" && owner === id;
}

/** What it waited for, the youngest waits for now. False: it is closed already. */
function leaves(machine: Requests, request: OpenRequest): boolean {
  if (!close(machine, request)) return false;
  const youngest = machine.requests.open.at(-1);
  if (youngest) youngest.upTo = Math.max(youngest.upTo, request.upTo);
  return true;
}

/** False: it is closed already. */
function close(machine: Requests, request: OpenRequest): boolean {
  const { open } = machine.requests;
  const index = open.indexOf(request);
  if (index < 0) return false;
  open.splice(index, 1);
  machine.requestEffects.close(machine, request);
  return true;
}

/** To the youngest, what can be passed on. */
function pass(machine: Requests): void {
  const { requests, requestEffects } = machine;
  if (requests.awaits !== "timer" && requests.awaits !== "sending") return;
  const youngest = requests.open.at(-1);
  if (requests.owner === (youngest?.id ?? 0)) return;
  requests.isSet = false;
  requests.owner = youngest?.id ?? 0;
  if (youngest) requestEffects.wake(machine, youngest);
}
