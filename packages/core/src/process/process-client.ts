/** The client of a server process, in every runtime that has processes: it is watched until it has nothing in hand. */
import { ownOptions } from "../attempt.ts";
import type { Client } from "../client/client.ts";
import { createDisabledClient, createServerClient, type ServerClient } from "../client/server-client.ts";
import { checkOptionNames, checkSchemas } from "../development.ts";
import type { AnyEvents, EventMap } from "../events/event-types.ts";
import { misuse } from "../events/refusal.ts";
import { isReady, type SharedOutbox, sharing } from "../loop/app-outbox.ts";
import { type FlushResult, resultSince, type Stats } from "../loop/books.ts";
import { atDeadline, type Deadline, flushWithin, retry, timeoutIn } from "../loop/flush.ts";
import { guard, guardedWait } from "../loop/guard.ts";
import { MAX_TIMER_MS, OPTION_NAMES, type WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import { DEFAULT_BASE_URL, integer, resolveOptions } from "../resolve-options.ts";
import type { Names } from "../unknown-names.ts";
import { endWait } from "./last-flush.ts";
import { type ProcessEnd, waitingIn, watchProcess } from "./process-watch.ts";
import { createRequestCalls, type Lookups, type RequestCalls, requestCalls } from "./request-calls.ts";

/** What the clients of processes take, all runtimes alike. */
export interface ProcessOptions extends WhisperrOptions {
  /**
   * How long queued operations may delay the end of a process that ends by itself, in ms; 0 = not at all.
   * @default 2_000
   */
  readonly exitTimeoutMs?: number | undefined;
}

/** Their names. */
export const PROCESS_OPTION_NAMES: Names<ProcessOptions> = {
  ...OPTION_NAMES,
  outbox: true,
  exitTimeoutMs: true,
};

/** Of a process, as its runtime has it. */
export interface Process {
  readonly ports: Ports;
  readonly end: ProcessEnd;
  /** The key, where the app gave none. Throws when it may not be read. */
  readonly environmentKey: () => string | undefined;
  /** What to say of a client that would send to `address` though tests run; undefined where none run, and once it was asked. */
  readonly warningInTests?: (address: string) => string | undefined;
  /** A variable of the environment, where the runtime's fetch takes proxies from there. */
  readonly proxyVariable?: ((name: string) => string | undefined) | undefined;
}

/** Throws an Error that names the option and the fix, when an option makes no sense. `processOf` is not asked when disabled. */
export function createProcessClient<Events extends EventMap = AnyEvents>(
  given: ProcessOptions,
  processOf: (options: ProcessOptions) => Process,
): ServerClient<Events> {
  if (typeof given !== "object" || given === null)
    throw misuse("createWhisperr() takes an object of options");
  const options = ownOptions(given);
  const shared = (options.outbox as SharedOutbox | null | undefined)?.[sharing];
  if (options.disabled === true) {
    // What others have left is not for a client that sends nothing.
    shared?.leave?.();
    return createDisabledClient<Events>();
  }
  const { ports, end, environmentKey, proxyVariable, warningInTests } = processOf(options);
  const apiKey = options.apiKey || environmentKey();
  const resolved = resolveOptions({ ...options, apiKey });
  if (proxyVariable && !options.fetch && options.allowInsecureHttp !== true)
    refuseProxy(resolved.baseUrl, proxyVariable);
  const exitTimeoutMs = integer("exitTimeoutMs", options.exitTimeoutMs, 2000, 0, MAX_TIMER_MS);
  const lookups: Lookups = {};
  const watched: Ports = {
    ...ports,
    onStep: watchProcess(
      exitTimeoutMs,
      end,
      options.outbox ? () => shared?.unstored?.() ?? 0 : undefined,
      lookups,
    ),
    ...(shared && { isReady: (client: Client) => shared.maySend() && isReady(client) }),
  };
  checkSchemas(options);
  const { api, client, recorder } = createServerClient<Events>(options, resolved, watched);
  shared?.join(client);
  checkOptionNames(options, PROCESS_OPTION_NAMES, "createWhisperr()", (message) =>
    ports.log("warn", message),
  );
  const isProduction = resolved.baseUrl === DEFAULT_BASE_URL && !options.fetch;
  const warning = isProduction && warningInTests?.(DEFAULT_BASE_URL);
  if (warning) ports.log("warn", warning);
  const leaveProcess = exitTimeoutMs > 0 || options.outbox ? end.join?.() : undefined;
  const leave = () => {
    leaveProcess?.();
    shared?.leave?.();
  };
  const run: Run<Events> = { api, client, end, leave, lookups };
  const whisperr: ServerClient<Events> & {
    readonly [requestCalls]: RequestCalls;
    readonly [endWait]: () => void;
  } = {
    ...api,
    get [requestCalls]() {
      lookups.calls ??= createRequestCalls(client, recorder);
      return lookups.calls;
    },
    [endWait]: () => guard(client, () => retry(client)),
    flush: (settings) => held(run, () => flushRun(run, settings)),
    shutdown: (settings) => held(run, () => endRun(run, settings)),
    stats: () => statsOf(run),
  };
  return whisperr;
}

/** A client, and what a process has of it. What a start of an app does not need is by itself: engines compile it when it is called. */
interface Run<Events extends EventMap> {
  readonly api: ServerClient<Events>;
  readonly client: Client;
  readonly end: ProcessEnd;
  /** Undefined once it has left. */
  leave: (() => void) | undefined;
  readonly lookups: Lookups;
  /** What waits for users, and then for the last flush. */
  ending?: Promise<FlushResult>;
  /** Users are waited for no longer. */
  hurry?: () => void;
}

/** Calls that wait for their user wait as what is queued does. */
function statsOf<Events extends EventMap>({ api, lookups }: Run<Events>): Stats {
  const stats = api.stats();
  const waiting = waitingIn(lookups);
  return { ...stats, accepted: stats.accepted + waiting, pending: stats.pending + waiting };
}

function flushRun<Events extends EventMap>(
  run: Run<Events>,
  settings: Deadline | undefined,
): Promise<FlushResult> {
  const { api, client, lookups } = run;
  const queued = lookups.calls?.queued();
  if (queued === undefined) return api.flush(settings);
  const since = sendQueued(run);
  return withWaiting(
    run,
    flushWithin(client, settings, () => queued.then(() => api.flush()).then(since)),
  );
}

/** Of several deadlines the one that is over first ends it: while users are looked up, and behind that. */
function endRun<Events extends EventMap>(
  run: Run<Events>,
  settings: Deadline | undefined,
): Promise<FlushResult> {
  const { client } = run;
  const queued = run.lookups.calls?.queued();
  if (!run.ending && !queued) return shutDown(run, settings);
  return guardedWait(client, () => {
    if (!run.ending) {
      const since = sendQueued(run);
      const isOver = new Promise<void>((resolve) => {
        run.hurry = resolve;
      });
      const ended = Promise.race([queued, isOver]).then(() => shutDown(run));
      run.ending = withWaiting(run, ended.then(since));
    }
    atDeadline(client, timeoutIn(client, settings, "shutdown()"), run.ending, () => {
      run.hurry?.();
      void shutDown(run, { timeoutMs: 0 });
    });
    return run.ending;
  });
}

/** A call that somebody waits for holds the process until it resolves. Delivery that goes on behind its deadline does not. */
function held<Events extends EventMap>(
  run: Run<Events>,
  begin: () => Promise<FlushResult>,
): Promise<FlushResult> {
  const { holdingTimers } = run.end;
  return guardedWait(run.client, () => {
    const over = begin();
    const hold = holdingTimers.set(() => {}, MAX_TIMER_MS);
    void over.then(() => holdingTimers.clear(hold));
    return over;
  });
}

/** What still waits for its user in the end is pending. */
function withWaiting<Events extends EventMap>(
  { lookups }: Run<Events>,
  over: Promise<FlushResult>,
): Promise<FlushResult> {
  return over.then((result) => ({ ...result, pending: result.pending + waitingIn(lookups) }));
}

function shutDown<Events extends EventMap>(
  run: Run<Events>,
  settings?: Deadline | undefined,
): Promise<FlushResult> {
  run.lookups.calls?.giveUp();
  const ended = run.api.shutdown(settings);
  // It leaves no listener behind, and no storage to which nobody else can get. Once: that may be another client's by the next call.
  void ended.then(() => {
    run.leave?.();
    run.leave = undefined;
  });
  return ended;
}

/** What waits for no user goes out meanwhile: a lookup may take all the time there is. Returns what became of all since now. */
function sendQueued<Events extends EventMap>({ api, client }: Run<Events>): () => FlushResult {
  const { delivered, lost } = client;
  void api.flush();
  return () => resultSince(client, { delivered, lost });
}

/** `http:` is safe on the machine itself, but not by way of a proxy, which reads the key. `HTTP_PROXY` is not for `https:`. */
function refuseProxy(baseUrl: string, variable: (name: string) => string | undefined): void {
  const either = (name: string) => variable(name.toLowerCase()) || variable(name);
  const [, host] = /^http:\/\/(\[[^\]]+\]|[^:/]+)/i.exec(baseUrl) ?? [];
  if (host === undefined || !either("HTTP_PROXY")) return;
  const direct = (either("NO_PROXY") ?? "").toLowerCase().split(/[\s,]/);
  const name = host.toLowerCase();
  const names = ["*", name, name.replace(/[[\]]/g, "")];
  if (direct.some((entry) => names.includes(entry.replace(/:\d+$/, "")) || names.includes(entry))) return;
  throw misuse(
    `baseUrl must be https:, or HTTP_PROXY gets the key in the clear: add ${host} to NO_PROXY; allowInsecureHttp: true permits that`,
  );
}
