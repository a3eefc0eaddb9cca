/**
 * Cloudflare Workers: a client for each request.
 *
 * Only types that Workers have are spoken of, and none is imported: the app's own (`wrangler types`,
 * `@cloudflare/workers-types`, or none at all) fit.
 */
import type { AnyEvents, EventMap } from "@whisperr/core";
import type { Whisperr } from "./client/create-whisperr.ts";
import { createRequestClient } from "./client/request-client.ts";
import type { Said } from "./client/without-key.ts";
import type { EdgeOptions } from "./options.ts";

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

/**
 * Wraps a Worker's `fetch` handler, which is called with a client as its fourth argument. The client belongs to the
 * request: what the handler tracked goes out when it returns, what its stream or `waitUntil` tracks later goes out too,
 * all of it under `ctx.waitUntil`. The response waits for nothing.
 *
 * `options` is asked once per request, and may throw: so does a request whose options make no sense. Without a usable
 * `apiKey` requests go on, nothing is recorded, and the console says so once.
 *
 * @example
 * export default { fetch: withWhisperr(handler, (env) => ({ apiKey: env.WHISPERR_API_KEY })) };
 */
export function withWhisperr<
  Env = unknown,
  Events extends EventMap = AnyEvents,
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
): WorkerFetch<Env, Request, Context, Response> {
  const said: Said = new Set();
  return async (request, env, context) => {
    const waitUntil = (promise: Promise<unknown>) => context.waitUntil(promise);
    const { api, handlerReturned } = createRequestClient<Events>({ ...options(env), waitUntil }, said);
    try {
      return await handler(request, env, context, api);
    } finally {
      handlerReturned();
    }
  };
}
