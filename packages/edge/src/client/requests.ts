/**
 * The requests that share a client: which of them stay open, and in which of them delivery goes on. Functions over a small
 * plain-JSON record, which they change in place, and a record of effects, which they call: no clock, no promise, no payload.
 *
 * Platforms tie timers and fetches to the request that made them, and may end that without a word. So:
 * 1. A request stays open exactly while something of its own is unsettled and delivery is under way.
 * 2. What delivery waits for happens in the youngest of them, which has the most time left. All that another one can do is
 *    wake it: then it goes on in its own context (`came`).
 * 3. An answer is awaited where its batch was sent. When that request is over, the batch goes again, in another.
 */

/** A request that waits for something of its own. */
export interface OpenRequest {
  /** Greater than that of any request before it. */
  readonly id: number;
  /** Its operations in the queue: from this one, 0 being the oldest, up to but not including `to`. */
  from: number;
  to: number;
  /** Its platform was told. */
  isTold: boolean;
}

export interface RequestsState {
  /** Oldest first. */
  readonly open: OpenRequest[];
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
  open(machine: Requests, id: number): void;
  close(machine: Requests, id: number): void;
  /** Have the request's own code run, and say `came`. */
  wake(machine: Requests, id: number): void;
  /**
   * Set delivery's timer in the request, whose code runs now. It may be set in others too, which cannot be reached: the
   * first that fires counts.
   */
  setTimer(machine: Requests, id: number): void;
  /** Send a batch in the request, whose code runs now. */
  send(machine: Requests, id: number): void;
  /** The batch under way has lost its request: that attempt has failed. */
  cutOff(machine: Requests): void;
  /** The same, but long ago, and nobody knows what came of it: report that, and try again at once. */
  recover(machine: Requests): void;
  /** No request is left: report what stays behind. */
  abandon(machine: Requests): void;
}

export function initialRequests(): RequestsState {
  return { open: [], awaits: "nothing", owner: 0, isSet: false };
}

/** A call in request `id`, the youngest, waits for the operations `from` … `to`, which those before it join. */
export function waitFor({ requests }: Requests, id: number, from: number, to: number): void {
  const youngest = requests.open.at(-1);
  if (youngest?.id !== id) {
    if (from < to) requests.open.push({ id, from, to, isTold: false });
    return;
  }
  youngest.from = Math.min(youngest.from, from);
  youngest.to = to;
}

/** `count` operations leave the queue from `offset` on. */
export function moveUp({ requests }: Requests, offset: number, count: number): void {
  const moved = (position: number) => position - Math.min(Math.max(position - offset, 0), count);
  for (const request of requests.open) {
    request.from = moved(request.from);
    request.to = moved(request.to);
  }
}

/** Delivery waits for this from now on, and for nothing else. */
export function awaitNext({ requests }: Requests, awaits: "nothing" | "timer" | "sending"): void {
  requests.awaits = awaits;
  requests.owner = 0;
  requests.isSet = false;
}

/** After each call, and each of delivery's steps. `isUnderWay`: delivery goes on by itself. */
export function adjust(machine: Requests, isUnderWay: boolean): void {
  const { requests, requestEffects } = machine;
  for (const request of [...requests.open]) {
    if (!isUnderWay || request.from === request.to) close(machine, request.id);
    else if (!request.isTold) {
      request.isTold = true;
      requestEffects.open(machine, request.id);
    }
  }
  pass(machine);
}

/** The code of a request runs, in its own context. */
export function came(machine: Requests, id: number): void {
  const { requests, requestEffects } = machine;
  if (requests.owner !== id || requests.isSet) return;
  if (requests.awaits === "timer") {
    requests.isSet = true;
    requestEffects.setTimer(machine, id);
  } else if (requests.awaits === "sending") {
    requests.awaits = "answer";
    requestEffects.send(machine, id);
  }
}

/** The deadline of a request has passed. */
export function expired(machine: Requests, id: number): void {
  const { requests, requestEffects } = machine;
  if (!close(machine, id)) return;
  if (requests.open.length === 0) requestEffects.abandon(machine);
  else if (isCarrier(requests, id)) requestEffects.cutOff(machine);
  else pass(machine);
}

/** A request has turned out to be over: it can do nothing any more, and said nothing. */
export function lost(machine: Requests, id: number): void {
  const { requests, requestEffects } = machine;
  if (!close(machine, id)) return;
  if (isCarrier(requests, id)) requestEffects.recover(machine);
  else pass(machine);
}

function isCarrier({ awaits, owner }: RequestsState, id: number): boolean {
  return awaits === "answer" && owner === id;
}

function close(machine: Requests, id: number): boolean {
  const { open } = machine.requests;
  const index = open.findIndex((request) => request.id === id);
  if (index < 0) return false;
  open.splice(index, 1);
  machine.requestEffects.close(machine, id);
  return true;
}

/** To the youngest, what can be passed on. */
function pass(machine: Requests): void {
  const { requests, requestEffects } = machine;
  if (requests.awaits !== "timer" && requests.awaits !== "sending") return;
  const youngest = requests.open.at(-1)?.id ?? 0;
  if (youngest === requests.owner) return;
  requests.isSet = false;
  requests.owner = youngest;
  if (youngest > 0) requestEffects.wake(machine, youngest);
}
