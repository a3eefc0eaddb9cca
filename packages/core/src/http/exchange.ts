/**
 * The border to HTTP: one request per call, and what its answer means. A request never throws, never follows a redirect and
 * always ends. Its answer becomes one of five outcomes (contract, section 4), and nothing behind this file knows a status code.
 */
import { attempt, jsonObject, ownOptions } from "../attempt.ts";
import { describeThrown } from "../events/refusal.ts";
import type { Batch } from "../events/wire.ts";
import { MAX_TIME_MS, timeOf } from "../host-numbers.ts";
import type { AbortControllerLike, FetchResponse, Ports } from "../ports.ts";
import { parseHttpDateMs } from "./http-date.ts";

/** What came back for one request: an HTTP answer, or the reason there was none. */
export interface Answer {
  /** 0 when none came, and in browsers for a redirect that was not followed. */
  readonly status: number;
  /** The answer's text, possibly cut short; undefined when it could not be read. */
  readonly body?: string | undefined;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** A page for people (`text/html`): a 2xx of that type is somebody else's, not the API's. */
  readonly isPage?: true | undefined;
  /** How far the clock here is ahead of its `Date`, negative when behind; 0 within a minute, undefined when there is none. */
  readonly clockAheadMs?: number | undefined;
  /** Why no answer came; undefined when one did. */
  readonly failure?: string | undefined;
}

export const noAnswer = (failure: string): Answer => ({ status: 0, failure });

export interface TransportOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Bounds one request, the answer's body included. */
  readonly requestTimeoutMs: number;
}

export interface RequestUnderWay {
  readonly answer: Promise<Answer>;
  /** Lets go of the connection, as the timeout does. */
  abort(): void;
}

export type Transport = (batch: Batch) => RequestUnderWay;

export function createTransport(options: TransportOptions, ports: Ports): Transport {
  return (batch) => sendRequest(options, ports, batch);
}

/** By itself: what a start of an app does not need yet, engines need not compile. */
function sendRequest(
  { baseUrl, apiKey, requestTimeoutMs }: TransportOptions,
  ports: Ports,
  { path, body }: Batch,
): RequestUnderWay {
  // Called unbound: browsers and Workers refuse a fetch whose `this` is some other object.
  const { fetch, timers } = ports;
  let controller: AbortControllerLike | undefined;
  // The status is the verdict: once it is here, a body that breaks off or hangs takes nothing from it.
  let verdict: { -readonly [name in keyof Answer]: Answer[name] } | undefined;
  let abort = () => {};

  const ask = async (signal: unknown): Promise<FetchResponse> =>
    fetch(baseUrl + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-API-Key": apiKey },
      body,
      redirect: "manual",
      signal: signal as never,
    });

  async function exchange(): Promise<Answer> {
    const sentMs = timeOf(ports);
    // On a host without it the request is made all the same, and no longer waited for after its time.
    const signal = attempt(() => {
      controller = ports.abortController();
      return controller.signal;
    });
    const response = await ask(signal).catch((error) => {
      // A test's DOM has its own class for it, which the platform's fetch refuses before it sends anything.
      if (!describeThrown(error).includes("AbortSignal")) throw error;
      return ask(undefined);
    });
    // A number, or it throws.
    const status = Number(response.status ?? NaN);
    if (!(status >= 0)) return noAnswer("an answer without a status");
    // Of its own, whatever other code gives to every object.
    verdict = { status, failure: undefined };
    try {
      // What the app gave as fetch may answer with less than a Response: all but the status can be done without.
      const header = (name: string): string | undefined => {
        const value: unknown = response.headers?.get?.(name);
        return typeof value === "string" ? value : undefined;
      };
      const date = header("date");
      verdict.retryAfter = header("retry-after");
      verdict.isPage = /^\s*text\/html/i.test(header("content-type") ?? "") || undefined;
      verdict.clockAheadMs = date ? aheadMs(date, sentMs, timeOf(ports)) : undefined;
      verdict.body = await ports.readText(response);
    } catch {
      // Then that is all there is of it.
    }
    return verdict;
  }

  // Does not wait for fetch to notice: one that ignores its signal would go on for ever.
  const answer = new Promise<Answer>((resolve) => {
    abort = () => {
      resolve(verdict ?? noAnswer(`no answer within ${requestTimeoutMs} ms`));
      // Where it throws, nobody waits for it any longer.
      attempt(() => controller?.abort());
    };
    exchange().then(resolve, (error: unknown) => resolve(noAnswer(describeThrown(error))));
  });
  const timer = timers.set(abort, requestTimeoutMs);
  void answer.then(() => timers.clear(timer));
  return { answer, abort };
}

/** A clock that differs by less is as good as right. */
const MAX_CLOCK_ERROR_MS = 60_000;
/** A `Date` has whole seconds, the rest cut off. */
const DATE_STEP_MS = 999;

/**
 * How far a clock is ahead of a `Date` that was written at any moment from sending to now: a machine may have slept in between,
 * and its clock may have been set back.
 */
function aheadMs(date: string, sentMs: number, nowMs: number): number | undefined {
  const dateMs = parseHttpDateMs(date);
  const least = Math.min(sentMs, nowMs) - dateMs - DATE_STEP_MS;
  const most = Math.max(sentMs, nowMs) - dateMs;
  // A clock that shows no time at all tells nothing.
  if (!(Math.abs(least) + Math.abs(most) <= MAX_TIME_MS)) return undefined;
  if (least > MAX_CLOCK_ERROR_MS) return least;
  return most < -MAX_CLOCK_ERROR_MS ? most : 0;
}

export type Outcome =
  /** 2xx. `rejected`: operations the server says it refused for good. */
  | { readonly kind: "accepted"; readonly rejected: number }
  /**
   * Try the same again, after `afterMs` if the server asked for a wait. `blames`: what it may have been that failed, for all that
   * is known.
   */
  | {
      readonly kind: "retry";
      readonly afterMs?: number | undefined;
      readonly blames?: "content" | "size" | undefined;
    }
  /** The key was refused. */
  | { readonly kind: "auth" }
  /** The server will never take this request. */
  | { readonly kind: "rejected" }
  /** 413. */
  | { readonly kind: "too_large" };

/** The longest wait a server can ask for, in ms: beyond it, a mistaken header would silence a client. */
export const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Classifies the answer to a request that carried `count` operations, at wall-clock time `nowMs`. `isLarge`: its body may have been
 * too long for somebody on the way; undefined where nothing that was sent is to blame. `isKeyKnown`: the key was accepted before.
 */
export function classifyAnswer(
  answer: Answer,
  count: number,
  nowMs: number,
  isLarge?: boolean,
  isKeyKnown = false,
): Outcome {
  const { status, body, failure, retryAfter = "" } = answer;
  const blamed = { kind: "retry", blames: failure !== undefined && isLarge ? "size" : "content" } as const;
  // A firewall may answer what an event holds with a page of its own, or send one there.
  if (isFromElsewhere(answer))
    return failure !== undefined && isLarge === undefined ? { kind: "retry" } : blamed;
  if (status < 300) return { kind: "accepted", rejected: rejectedCount(body, count) };
  if (status === 401) return { kind: "auth" };
  // A firewall answers 403 for what an event holds, too, and says nothing of the key.
  if (status === 403) return isKeyKnown || errorOf(body).code === undefined ? blamed : { kind: "auth" };
  if (status === 413) return { kind: "too_large" };
  const afterMs = status === 429 || status === 503 ? retryAfterMs(retryAfter, nowMs) : undefined;
  if (afterMs || status === 429) return { kind: "retry", afterMs };
  return status >= 500 || status === 408 || status === 425 ? blamed : { kind: "rejected" };
}

/** No answer at all, or none that the API gives: a redirect, or a page that some other server has for everything. */
function isFromElsewhere({ status, isPage }: Answer): boolean {
  return !(status >= 200) || (status < 400 && (status >= 300 || isPage === true));
}

/** It came, but from some other server. */
export function isMisdirected(answer: Answer): boolean {
  return answer.failure === undefined && isFromElsewhere(answer);
}

/**
 * `Retry-After` as ms to wait, 1 to 60,000, in both forms of RFC 9110. Undefined when absent, unparseable, or no wait at
 * all: a clock ahead of the server's turns every date into the past, and the attempts must not be spent in one burst.
 */
export function retryAfterMs(header: string, nowMs: number): number | undefined {
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDateMs(text) - nowMs;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** `rejected` of a batch answer; anything but a whole number within the batch is no statement at all. */
function rejectedCount(body: string | undefined, count: number): number {
  const { rejected } = parse(body);
  return Number.isInteger(rejected) ? Math.min(Math.max(rejected as number, 0), count) : 0;
}

/** The server's own words for a failure. */
export function errorOf(body: string | undefined): { readonly code?: unknown; readonly message?: unknown } {
  return Object(parse(body).error);
}

/** What an answer says; nothing when it is HTML, or empty. */
function parse(body: string | undefined): {
  readonly accepted?: unknown;
  readonly rejected?: unknown;
  readonly error?: unknown;
} {
  return ownOptions(jsonObject(body));
}
