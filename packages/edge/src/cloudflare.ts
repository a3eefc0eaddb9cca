/**
 * Cloudflare Workers: a client for each request.
 *
 * Only types that Workers have are spoken of, and none is imported: the app's own (`wrangler types`,
 * `@cloudflare/workers-types`, or none at all) fit.
 */
import type { EventMap } from "@whisperr/core";
import type { Whisperr } from "./client/create-whisperr.ts";
import { createRequestClient } from "./client/request-client.ts";
import type { Said } from "./client/without-key.ts";
import type { QueueBatchLike } from "./cloudflare/bindings.ts";
import type { EdgeOptions } from "./options.ts";
import type { RegisteredEvents } from "./register.ts";

export type {
  DurableObjectNamespaceLike,
  DurableObjectStateLike,
  QueueBatchLike,
  QueueLike,
  QueueMessageLike,
} from "./cloudflare/bindings.ts";
export { type DurableObjectOutboxOptions, durableObjectOutbox } from "./cloudflare/durable-object/outbox.ts";
export { type OutboxOptions, WhisperrOutbox } from "./cloudflare/durable-object/whisperr-outbox.ts";
export {
  type QueueConsumer,
  type QueueConsumerOptions,
  whisperrQueueConsumer,
} from "./cloudflare/queue/consumer.ts";
export { queueOutbox } from "./cloudflare/queue/outbox.ts";

/** What is used of a Worker's execution context. */
export interface WorkerContext {
  /** Keeps the request open until `promise` has settled. */
  waitUntil(promise: Promise<unknown>): void;
}

/** What the app's types call by this name; unknown where they have none. */
type Global<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer Type } }
  ? Type
  : unknown;
/** `Request`, where the app's types have one. */
export type WorkerRequest = Global<"Request">;
/** `Response`, where the app's types have one. */
export type WorkerResponse = Global<"Response">;

/** A Worker's `fetch`. */
export type WorkerFetch<Env, Request, Context, Response> = (
  request: Request,
  env: Env,
  context: Context,
) => Promise<Response>;

/** One of a Worker's handlers, as an app writes it for `withWhisperr`. */
type Handle<Env, Events extends EventMap, Context, Event, Result> = (
  event: Event,
  env: Env,
  context: Context,
  whisperr: Whisperr<Events>,
) => Result | Promise<Result>;

/** The handlers of a Worker, each with a client as its fourth argument. Annotate the first with the platform's own type. */
export interface WorkerHandlers<
  Env,
  Events extends EventMap = RegisteredEvents,
  Request = WorkerRequest,
  Context extends WorkerContext = WorkerContext,
  Response = WorkerResponse,
> {
  /** An HTTP request. */
  fetch?(...call: Parameters<Handle<Env, Events, Context, Request, Response>>): Response | Promise<Response>;
  /** A cron trigger. */
  scheduled?(...call: Parameters<Handle<Env, Events, Context, WorkerSchedule, void>>): void | Promise<void>;
  /** A batch of a Queue. */
  queue?(...call: Parameters<Handle<Env, Events, Context, QueueBatchLike, void>>): void | Promise<void>;
  /** An incoming e-mail. */
  email?(...call: Parameters<Handle<Env, Events, Context, WorkerEmail, void>>): void | Promise<void>;
  /** What other Workers did. */
  tail?(...call: Parameters<Handle<Env, Events, Context, readonly unknown[], void>>): void | Promise<void>;
}

/** What is used of a cron trigger's event. */
export interface WorkerSchedule {
  /** When it was due, in ms since 1970. */
  readonly scheduledTime: number;
  /** Which one, as in the configuration. */
  readonly cron: string;
}

/** What is used of an incoming e-mail. */
export interface WorkerEmail {
  /** The sender's address. */
  readonly from: string;
  /** The recipient's address. */
  readonly to: string;
}

/** Handlers as the platform calls them: without the client. */
export type Wrapped<Handlers> = {
  [Name in keyof Handlers]: Handlers[Name] extends ((...call: infer Call) => infer Result) | undefined
    ? Call extends [infer Event, infer Env, infer Context, ...unknown[]]
      ? (event: Event, env: Env, context: Context) => Promise<Awaited<Result>>
      : Handlers[Name]
    : Handlers[Name];
};

/**
 * Wraps a Worker's `fetch` handler, which is called with a client as its fourth argument. The client belongs to the
 * request: what the handler tracked goes out when it returns, what its stream or `waitUntil` tracks later goes out too,
 * all of it under `ctx.waitUntil`. The response waits for nothing.
 *
 * `options` is asked once per request, and may throw: so does a request whose options make no sense, in a production build only where
 * their defaults would do harm. Without a usable `apiKey` requests go on, nothing is recorded, and the console says so once.
 *
 * @example
 * export default { fetch: withWhisperr(handler, (env) => ({ apiKey: env.WHISPERR_API_KEY })) };
 */
export function withWhisperr<
  Env = unknown,
  Events extends EventMap = RegisteredEvents,
  Request = WorkerRequest,
  Context extends WorkerContext = WorkerContext,
  Response = WorkerResponse,
>(
  handler: (
    request: Request,
    env: Env,
    context: Context,
    whisperr: Whisperr<Events>,
  ) => Response | Promise<Response>,
  options: (env: Env) => EdgeOptions,
): WorkerFetch<Env, Request, Context, Response>;
/**
 * Wraps all handlers of a Worker: `fetch`, `scheduled`, `queue`, `email`, `tail`. Each call has a client of its own.
 *
 * @example
 * export default withWhisperr(
 *   {
 *     fetch: (request, env, ctx, whisperr) => new Response("ok"),
 *     scheduled: (event, env, ctx, whisperr) => whisperr.track("user_8842", "plan_renewed"),
 *   },
 *   (env: Env) => ({ apiKey: env.WHISPERR_API_KEY }),
 * );
 */
export function withWhisperr<
  Env = unknown,
  Events extends EventMap = RegisteredEvents,
  Handlers extends WorkerHandlers<Env, Events> = WorkerHandlers<Env, Events>,
>(handlers: Handlers & WorkerHandlers<Env, Events>, options: (env: Env) => EdgeOptions): Wrapped<Handlers>;
export function withWhisperr<Env>(
  handlers: AnyHandle<Env> | Record<string, unknown>,
  options: (env: Env) => EdgeOptions,
): unknown {
  const said: Said = new Set();
  const wrapped =
    (handle: AnyHandle<Env>) =>
    async (...[event, env, context]: [unknown, Env, WorkerContext]) => {
      const waitUntil = (promise: Promise<unknown>) => context.waitUntil(promise);
      const { api, handlerReturned } = createRequestClient({ ...options(env), waitUntil }, said);
      try {
        return await handle.call(handlers, event, env, context, api);
      } finally {
        handlerReturned();
      }
    };
  if (typeof handlers === "function") return wrapped(handlers);
  const worker: Record<string, unknown> = { ...handlers };
  // Those of an instance stand on its class, where only who knows their names finds them.
  for (const name of [...Object.keys(handlers), ...HANDLERS]) {
    const handle = handlers[name];
    if (isHandle(handle)) worker[name] = wrapped(handle);
  }
  return worker;
}

/** All that a Worker may have. */
const HANDLERS = ["fetch", "scheduled", "queue", "email", "tail", "tailStream"];

type AnyHandle<Env> = (event: unknown, env: Env, context: WorkerContext, whisperr: Whisperr) => unknown;

const isHandle = (value: unknown): value is AnyHandle<unknown> => typeof value === "function";
