/**
 * Incoming requests, as an edge platform has them: `waitUntil` holds the one it is called in. Where the runtime knows in
 * which of them code runs, timers and fetches end with the request that made them, as they do on the platform itself.
 */
import { type Holds, USUAL_REQUEST, type WaitUntilKind } from "../protocol.ts";

type Fetch = typeof globalThis.fetch;
type SetTimer = (run: () => void, delayMs?: number) => unknown;

export interface Incoming extends Holds {
  readonly name: string;
  isOver: boolean;
  readonly timers: Set<unknown>;
  readonly flights: Set<AbortController>;
}

/** What is used of the runtime's `AsyncLocalStorage`. */
export interface RequestContext {
  getStore(): Incoming | undefined;
  run<Result>(request: Incoming, work: () => Result): Result;
}

export interface Platform {
  readonly fetch: Fetch;
  readonly setTimeout: SetTimer;
  readonly clearTimeout: (timer: never) => void;
  waitUntil(promise: Promise<unknown>): void;
  readonly context: RequestContext | undefined;
}

export interface IncomingRequests {
  /** Another case: what is left of this one's goes. */
  startOver(): void;
  within<Result>(name: string, work: () => Result): Result;
  /** Responses were given: a request that nothing holds any more is over. The usual one lasts. */
  endUnheld(): void;
  /** The platform ends this one, held or not: nothing of it runs any more, and nobody is told. */
  cut(name: string): void;
  holds(): Record<string, Holds>;
  /** What the app gives to the SDK. */
  waitUntil(kind: WaitUntilKind): { waitUntil?: (promise: Promise<unknown>) => void };
  readonly fetch: Fetch;
  readonly setTimeout: SetTimer;
}

/** `platform`: what the driver's own request has. */
export function incomingRequests(platform: Platform): IncomingRequests {
  const { context } = platform;
  const requests = new Map<string, Incoming>();
  /** Where the runtime does not know. */
  let latest = entered(USUAL_REQUEST);

  const current = () => context?.getStore() ?? latest;

  function entered(name: string): Incoming {
    const known = requests.get(name);
    if (known) return known;
    const request = { name, given: 0, open: 0, isOver: false, timers: new Set(), flights: new Set<never>() };
    requests.set(name, request);
    return request;
  }

  function waitUntil(promise: Promise<unknown>): void {
    const request = current();
    request.given++;
    request.open++;
    const settled = () => void request.open--;
    promise.then(settled, settled);
    platform.waitUntil(promise);
  }

  return {
    startOver() {
      for (const request of requests.values()) end(request, platform);
      requests.clear();
      latest = entered(USUAL_REQUEST);
    },
    within(name, work) {
      latest = entered(name);
      return context ? context.run(latest, work) : work();
    },
    endUnheld() {
      if (!context) return;
      for (const request of requests.values())
        if (request.open === 0 && request.name !== USUAL_REQUEST) end(request, platform);
    },
    cut(name) {
      const request = requests.get(name);
      if (!request) throw new Error(`there is no incoming request "${name}"`);
      if (context) end(request, platform);
      requests.delete(name);
    },
    holds: () =>
      Object.fromEntries(
        [...requests.values()]
          .filter(({ given }) => given > 0)
          .map(({ name, given, open }) => [name, { given, open }]),
      ),
    waitUntil(kind) {
      if (kind === "absent") return {};
      return { waitUntil: kind === "works" ? waitUntil : fail };
    },
    fetch: (...request) => (context ? ownFetch(current(), platform, request) : platform.fetch(...request)),
    setTimeout(run, delayMs) {
      if (!context) return platform.setTimeout(run, delayMs);
      const request = current();
      const timer = platform.setTimeout(() => context.run(request, run), delayMs);
      request.timers.add(timer);
      return timer;
    },
  };
}

function fail(): never {
  throw new Error("this request is over");
}

function end(request: Incoming, { clearTimeout }: Platform): void {
  request.isOver = true;
  for (const timer of request.timers) clearTimeout(timer as never);
  for (const flight of request.flights) flight.abort();
}

/** Ends with its request: then nothing comes of it, not even a failure. */
function ownFetch(
  request: Incoming,
  platform: Platform,
  [input, init]: Parameters<Fetch>,
): Promise<Response> {
  const flight = new AbortController();
  request.flights.add(flight);
  init?.signal?.addEventListener("abort", () => flight.abort(init.signal?.reason));
  const answer = platform.fetch(input, { ...init, signal: flight.signal });
  return new Promise((resolve, reject) => {
    answer.then(
      (response) => request.isOver || resolve(response),
      (error) => request.isOver || reject(error),
    );
  });
}
