/** The end that a platform asks for: a deployment, a container that is stopped, Ctrl+C. */
import { checkOptionNames, integer, MAX_TIMER_MS, mustBe, type Names } from "@whisperr/core";
import type { Whisperr } from "./create-whisperr.ts";
import { tellEnd } from "./process.ts";
import { say } from "./say.ts";

/** What is used of a server: those of `node:http`, Express and Koa have it, and Fastify's app too. */
export interface ClosableServer {
  /** Takes no more connections. Calls back, or resolves, when those that are open have ended. */
  close(done?: () => void): unknown;
  /** Ends connections that carry no request. */
  closeIdleConnections?(): void;
  /** Tells of each request: those that run are counted. */
  on?(event: "request", listener: (request: unknown, response: ClosableResponse) => void): unknown;
}

/** What is used of a response. */
export interface ClosableResponse {
  /** Tells when it is over. */
  once(event: "close", listener: () => void): unknown;
}

/** A signal that asks a process to end. */
export type EndSignal = "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGQUIT" | "SIGBREAK" | "SIGUSR2";

/** On Linux, where the first process of a container has to end by itself. */
const NUMBERS: Record<EndSignal, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGBREAK: 21,
};

/** What `closeOnSignal()` can be told. */
export interface CloseOptions {
  /**
   * The signals that end the process.
   * @default ["SIGTERM", "SIGINT"]
   */
  readonly signals?: readonly EndSignal[] | undefined;
  /** The server whose requests may finish first, and record what they do: four fifths of the time at most are theirs. */
  readonly server?: ClosableServer | undefined;
  /**
   * The longest time all of it may take, in ms; 0 or more.
   * @default 5_000
   */
  readonly timeoutMs?: number | undefined;
}

const OPTION_NAMES: Names<CloseOptions> = { signals: true, server: true, timeoutMs: true };

/** Listeners of this module, in every copy of it: what they leave to each other is for none of them to end. */
const OURS = Symbol.for("@whisperr/node close-on-signal 1");

/** The rest is for what they have recorded. */
const SHARE_OF_REQUESTS = 0.8;

/** A signal that comes again this soon is the same one: Ctrl+C under `npm start` comes from the terminal, and from npm. Nobody insists that fast. */
const REPEATED_MS = 500;

/** A connection becomes idle when its request has ended, and nobody tells. */
const IDLE_CHECK_MS = 50;

/** How long a connection may be open without a byte once the end has begun. Browsers open some for later, which Node before 26 does not take for idle. */
const UNUSED_MS = 1_000;

/** What is used of a connection. */
interface Connection {
  readonly bytesRead?: number;
  once(event: "close", listener: () => void): unknown;
  destroy(): unknown;
}

interface ConnectionSource {
  on(event: "connection", listener: (connection: Connection) => void): unknown;
}

/** Of a server: what came since `closeOnSignal()`, and has not ended. */
interface Open {
  readonly requests: Set<ClosableResponse>;
  readonly connections: Set<Connection>;
}

/**
 * Ends a server process without a loss when it is told to end: the server takes no more connections, requests that run
 * finish and record, what is queued is delivered, and the signal is raised again, so that the process ends as if nobody had
 * listened; process 1 of a container, which no signal ends, exits with the same code. Other listeners of the signal stay as they are; where there are some, the end is theirs. A second signal ends the process at
 * once, unless it comes within 500 ms of the first: under npm, Ctrl+C comes twice.
 *
 * Returns what takes the listeners away again. Never throws: what makes no sense is said by `console.warn`, and left out.
 *
 * @example
 * const server = app.listen(3000);
 * closeOnSignal(whisperr, { server });
 */
export function closeOnSignal(
  whisperr: Pick<Whisperr, "flush" | "shutdown">,
  options: CloseOptions = {},
): () => void {
  checkOptionNames(options, OPTION_NAMES, "closeOnSignal()", console.warn);
  const { signals, server, timeoutMs } = settingsOf(options ?? {});
  const open = openOf(server);
  let sinceMs: number | undefined;
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  const onSignal = (signal: EndSignal) => {
    if (sinceMs !== undefined) {
      if (performance.now() - sinceMs >= REPEATED_MS) raise(signal);
      return;
    }
    sinceMs = performance.now();
    // Now: one of `process.once()` is there no more when the end has come.
    const others = process.listeners(signal).filter((one) => !(OURS in one));
    const isTheirs = others.length > waitingForOthers();
    void close(whisperr, server, open, timeoutMs).then(isTheirs ? stop : () => raise(signal));
  };
  Object.assign(onSignal, { [OURS]: true });
  const raise = (signal: EndSignal) => {
    stop();
    if (process.listenerCount(signal) > waitingForOthers()) return;
    const isFirst = process.pid === 1;
    // What other clients have queued, or this one at a second signal.
    if (!isFirst) tellEnd();
    process.kill(process.pid, signal);
    // The kernel keeps signals from a process 1 that does not listen to them. Elsewhere it has ended by now.
    if (isFirst) process.exit(128 + NUMBERS[signal]);
  };
  for (const signal of signals)
    orSay(`nothing is delivered at ${signal}`, () =>
      process.prependListener(signal, onSignal as NodeJS.SignalsListener),
    );
  return stop;
}

/**
 * Listeners of `signal-exit` 3 and 4, which come with many packages: they too raise the signal again, once nobody else listens.
 * Each of both would leave the end to the other for ever.
 */
function waitingForOthers(): number {
  const { __signal_exit_emitter__: third } = process as { readonly __signal_exit_emitter__?: unknown };
  const fourth = (globalThis as { readonly [name: symbol]: unknown })[Symbol.for("signal-exit emitter")];
  const counts = [third, fourth].map((one) => (Object(one) as { readonly count?: unknown }).count);
  return counts.reduce<number>((sum, count) => sum + (Number(count) || 0), 0);
}

function settingsOf({ signals, server, timeoutMs }: CloseOptions) {
  const usual: EndSignal[] = ["SIGTERM", "SIGINT"];
  return {
    signals: orSay("SIGTERM and SIGINT are taken", () => [...(signals ?? usual)]) ?? usual,
    server: orSay("requests that run are not waited for", () => closable(server)),
    timeoutMs:
      orSay("5,000 is taken", () => integer("timeoutMs", timeoutMs, 5_000, 0, MAX_TIMER_MS)) ?? 5_000,
  };
}

/** An app of Express or Koa is no server: `listen()` returns it. */
function closable(server: ClosableServer | undefined): ClosableServer | undefined {
  if (server === undefined || server === null) return undefined;
  const isOne = typeof server.close === "function";
  mustBe(isOne, "server", "a server with close(), as in server: app.listen(...)", server);
  return server;
}

/** A server calls this at its start: what it cannot use is printed, and keeps it from nothing. */
function orSay<Value>(otherwise: string, make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^Whisperr: |\.$/g, "") : String(error);
    say(`closeOnSignal(): ${message}; ${otherwise}.`);
    return undefined;
  }
}

/** Node.js 18 takes a connection whose request waits for its answer for an idle one. */
function openOf(server: ClosableServer | undefined): Open {
  const open: Open = { requests: new Set(), connections: new Set() };
  const noteUntilClosed = <Ended extends ClosableResponse>(all: Set<Ended>, one: Ended) => {
    all.add(one);
    one.once("close", () => all.delete(one));
  };
  orSay("requests that run are not waited for", () => {
    server?.on?.("request", (_request, response) => noteUntilClosed(open.requests, response));
    // Bun ends them by itself, and counts no bytes.
    if ("bun" in process.versions) return;
    (server as Partial<ConnectionSource> | undefined)?.on?.("connection", (one) =>
      noteUntilClosed(open.connections, one),
    );
  });
  return open;
}

async function close(
  whisperr: Pick<Whisperr, "flush" | "shutdown">,
  server: ClosableServer | undefined,
  open: Open,
  timeoutMs: number,
) {
  const fromMs = performance.now();
  if (server !== undefined) {
    // What waits already is delivered meanwhile.
    void whisperr.flush();
    await closed(server, open, timeoutMs * SHARE_OF_REQUESTS);
  }
  await whisperr.shutdown({ timeoutMs: Math.max(timeoutMs - (performance.now() - fromMs), 0) });
}

/** Resolves when no request runs any more, and at the deadline. */
function closed(server: ClosableServer, { requests, connections }: Open, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    // Neither is unref'd: they are what keeps the process going until its end.
    const deadline = setTimeout(done, timeoutMs);
    const endIdle = () => requests.size === 0 && server.closeIdleConnections?.();
    const idle = setInterval(endIdle, IDLE_CHECK_MS);
    const unused = setTimeout(() => {
      for (const one of connections) if (one.bytesRead === 0) one.destroy();
    }, UNUSED_MS);
    function done(): void {
      clearTimeout(deadline);
      clearInterval(idle);
      clearTimeout(unused);
      resolve();
    }
    try {
      const closing = server.close(done);
      if (closing instanceof Promise) closing.then(done, done);
      endIdle();
    } catch {
      // A server that cannot be closed keeps nothing from being delivered.
      done();
    }
  });
}
