/**
 * `next start`, and any server that is the app's own: when it is told to end, Next.js waits for what `after()` was given, for as
 * long as that takes. So what is given there ends in time, whatever the API does.
 */

/** The part of Node's `process` that is used. */
interface HostProcess {
  readonly pid: number;
  on(event: string, listener: Listener): unknown;
  removeListener(event: string, listener: Listener): unknown;
  listenerCount(event: string): number;
  kill(pid: number, signal: EndSignal): unknown;
}

type EndSignal = "SIGTERM" | "SIGINT";
/** `exit` brings a number. */
type Listener = (given: EndSignal | number) => void;

/** Whoever ends a server grants it ten seconds as a rule; Next.js and the app need some of them. */
const END_MS = 4_000;
/** For what is recorded later than that, by requests that still run. */
const LATE_MS = 1_000;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** What a client does when its server ends. */
export interface Endings {
  /** The server was told to end: what waits goes out now. */
  hurry(): void;
  /** The process ends now: what is left is reported. */
  abandon(): void;
}

/** One client, and the server it lives in. */
interface ServerEnd extends Endings {
  /** Undefined in Next.js' own edge runtime, where nobody is told. */
  readonly host: HostProcess | undefined;
  /** What sets the deadline of each wait. */
  readonly waits: Set<(limitMs: number) => void>;
  signal: EndSignal | undefined;
  /** On the clock that never jumps. */
  endMs: number;
  readonly listener: Listener;
}

/**
 * The wait for a promise, as a server can afford it: until it settles, or a few seconds after the server was told to end.
 * Where nobody is told: for these few seconds. Listens while something waits, and raises the signal again where nobody
 * else listens.
 */
export function boundWaits(endings: Endings): (promise: Promise<unknown>) => Promise<void> {
  const end: ServerEnd = {
    ...endings,
    host: isOwnEdgeRuntime() ? undefined : (globalThis as { process?: HostProcess }).process,
    waits: new Set(),
    signal: undefined,
    endMs: 0,
    listener: (given) => onEvent(end, given),
  };
  return (promise) => wait(end, promise);
}

/** That of `next start` and `next dev`, which stands in for a platform, and waits as long as it is told to. */
export function isOwnEdgeRuntime(): boolean {
  return (globalThis as { EdgeRuntime?: string }).EdgeRuntime === "edge-runtime";
}

function wait(end: ServerEnd, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    let deadline: ReturnType<typeof setTimeout> | undefined;
    const setDeadline = (limitMs: number) => {
      clearTimeout(deadline);
      deadline = setTimeout(over, limitMs);
    };
    function over(): void {
      clearTimeout(deadline);
      if (end.waits.delete(setDeadline) && end.waits.size === 0) stopListening(end);
      resolve();
    }
    if (end.waits.size === 0) listen(end);
    end.waits.add(setDeadline);
    if (end.host === undefined) setDeadline(END_MS);
    else if (end.signal) setDeadline(Math.max(end.endMs - performance.now(), LATE_MS));
    promise.then(over, over);
  });
}

function onEvent(end: ServerEnd, given: EndSignal | number): void {
  if (typeof given === "number") end.abandon();
  else if (end.signal !== undefined) stopListening(end);
  else {
    end.signal = given;
    end.endMs = performance.now() + END_MS;
    for (const setDeadline of end.waits) setDeadline(END_MS);
    end.hurry();
  }
}

function listen({ host, signal, listener }: ServerEnd): void {
  for (const name of SIGNALS) host?.on(name, listener);
  // After the signal it listens to the end.
  if (signal === undefined) host?.on("exit", listener);
}

function stopListening({ host, signal, listener, abandon }: ServerEnd): void {
  for (const name of SIGNALS) host?.removeListener(name, listener);
  if (signal === undefined) host?.removeListener("exit", listener);
  else if (host?.listenerCount(signal) === 0) {
    abandon();
    host.kill(host.pid, signal);
  }
}
