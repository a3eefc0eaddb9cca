/** AWS Lambda: what a handler records is delivered before its sandbox freezes, within what is left of its time. */
import {
  checkOptionNames,
  type EventMap,
  flushAtEnd,
  integer,
  MAX_TIMER_MS,
  type Names,
  PROCESS_OPTION_NAMES,
  type UserClient,
} from "@whisperr/core";
import type { NodeOptions, Whisperr } from "@whisperr/node";
import { ownClient } from "./frameworks/own-client.ts";
import { type ResolveUser, requestClients } from "./frameworks/request-client.ts";
import { runWith } from "./frameworks/requests.ts";
import type { RegisteredEvents } from "./register.ts";

/** What is used of Lambda's context. */
export interface LambdaContext {
  /** Until the invocation times out. */
  getRemainingTimeInMillis(): number;
}

/** What `withWhisperr()` adds to the context that a handler gets. */
export interface WithWhisperr<Events extends EventMap = RegisteredEvents> {
  /** Its calls belong to the user whom the authorizer has found. */
  readonly whisperr: UserClient<Events>;
}

/** What `withWhisperr()` can be told: all that `createWhisperr()` can be, and this. */
export interface LambdaOptions<Event = never, Events extends EventMap = RegisteredEvents>
  extends NodeOptions {
  /**
   * The longest time that delivery may delay the end of an invocation, in ms; 0 or more. It ends 200 ms before Lambda's own limit, too.
   * @default 2_000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * A client that the app made: events of queues and schedules, which have no user of their own, are recorded by it. The options of `createWhisperr()` are its own then: those given here are ignored, and named on the console.
   * @default one that is made of the other options
   */
  readonly whisperr?: Whisperr<Events> | undefined;
  /**
   * The user of an event; undefined or null when there is none. It may be async.
   * @default what the authorizer of API Gateway or AppSync says
   */
  readonly resolveUser?: ResolveUser<[event: Event]> | undefined;
}

const OPTION_NAMES: Names<LambdaOptions> = {
  ...PROCESS_OPTION_NAMES,
  timeoutMs: true,
  whisperr: true,
  resolveUser: true,
};

/** Where authorizers put the user: JWTs, Cognito, Lambda authorizers of both kinds of API, and AppSync. */
const PLACES = [
  "requestContext.authorizer.jwt.claims.sub",
  "requestContext.authorizer.claims.sub",
  "requestContext.authorizer.lambda.userId",
  "requestContext.authorizer.lambda.sub",
  "requestContext.authorizer.userId",
  "requestContext.authorizer.sub",
  "requestContext.authorizer.principalId",
  "identity.sub",
];

/** What Lambda needs to answer. */
const RESERVE_MS = 200;

/**
 * Wraps a handler: when it has ended, in an error or not, what is queued is delivered, for `timeoutMs` at most. What is still
 * queued then stays for the next invocation of the sandbox. `context.whisperr` and `currentWhisperr()` belong to the user of
 * the event. Streaming handlers are wrapped inside or outside of `awslambda.streamifyResponse()`; their stream is not delayed.
 *
 * @throws An Error that names the option and the fix, as `createWhisperr()` does.
 *
 * @example
 * export const handler = withWhisperr(async (event, { whisperr }) => whisperr.track("order_placed"), { timeoutMs: 1_000 });
 */
export function withWhisperr<
  Event,
  Context extends LambdaContext,
  Result,
  Events extends EventMap = RegisteredEvents,
>(
  handler: (event: Event, context: Context & WithWhisperr<Events>) => Result,
  options?: LambdaOptions<NoInfer<Event>, Events>,
): (event: Event, context: Omit<Context, "whisperr">) => Promise<Awaited<Result>>;
/** The same of a streaming handler. */
export function withWhisperr<
  Event,
  Stream,
  Context extends LambdaContext,
  Result,
  Events extends EventMap = RegisteredEvents,
>(
  handler: (event: Event, stream: Stream, context: Context & WithWhisperr<Events>) => Result,
  options?: LambdaOptions<NoInfer<Event>, Events>,
): (event: Event, stream: Stream, context: Omit<Context, "whisperr">) => Promise<Awaited<Result>>;
export function withWhisperr(
  handler: (...invocation: never[]) => unknown,
  options: LambdaOptions<unknown> = {},
): (...invocation: unknown[]) => Promise<unknown> {
  const timeoutMs = integer("timeoutMs", options.timeoutMs, 2_000, 0, MAX_TIMER_MS);
  checkOptionNames(options, OPTION_NAMES, "withWhisperr()", console.warn);
  const { resolveUser } = options;
  const whisperr = ownClient(options, "withWhisperr()");
  const clientOf = requestClients<[unknown]>(
    whisperr,
    { resolveUser },
    {
      name: "withWhisperr()",
      holders: (event) => [event],
      where: "the event",
      places: PLACES,
    },
  );
  const wrapped = async (...invocation: unknown[]) => {
    const client = clientOf(invocation[0]);
    const extended = withClient(invocation, client);
    try {
      return await runWith(client, () => called(handler as Handler, extended));
    } finally {
      await flushAtEnd(whisperr, { timeoutMs: Math.min(timeoutMs, leftMs(extended) - RESERVE_MS) });
    }
  };
  // What streamifyResponse() has marked stays marked.
  return Object.assign(wrapped, handler);
}

type Handler = (...invocation: unknown[]) => unknown;

function isContext(value: unknown): value is LambdaContext {
  return typeof (value as Partial<LambdaContext> | undefined)?.getRemainingTimeInMillis === "function";
}

/** The same invocation with the client in its context. Tests may give an empty context, a frozen one, or none. */
function withClient(invocation: unknown[], whisperr: UserClient): unknown[] {
  const found = invocation.findIndex(isContext);
  const at = found < 0 && invocation.length < 3 ? 1 : found;
  if (at < 0) return invocation;
  const given = Object(invocation[at] ?? {}) as object;
  const isFixed = !Object.isExtensible(given);
  const context = Object.assign(isFixed ? Object.create(given) : given, { whisperr });
  return Object.assign([...invocation], { [at]: context });
}

/** Infinity where nobody says. */
function leftMs(invocation: unknown[]): number {
  try {
    const ms = Number(invocation.find(isContext)?.getRemainingTimeInMillis());
    return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Its result: what it returns, resolves with, or hands to Lambda's callback. */
function called(handler: Handler, invocation: unknown[]): unknown {
  const isOfCallbacks = handler.length > 2 && isContext(invocation[1]);
  if (!isOfCallbacks) return handler(...invocation);
  return new Promise((resolve, reject) => {
    const [event, context] = invocation;
    const callback = (error: unknown, result: unknown) =>
      error === undefined || error === null ? resolve(result) : reject(error);
    const returned = handler(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}
