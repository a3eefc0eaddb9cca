/**
 * The consuming side of a Queue: delivers a batch in its order, acknowledges what was delivered, and leaves the rest to
 * the Queue's own retries and dead letters.
 */
import {
  attempt,
  checkOptionNames,
  DELIVERY_OPTION_NAMES,
  describeThrown,
  type IdentifyOperation,
  integer,
  type Names,
  type Operation,
  printable,
  report,
  type Said,
} from "@whisperr/core";
import type { QueueBatchLike, QueueMessageLike } from "../bindings.ts";
import { type DeliveryOptions, type DeliverySettings, resolveDelivery } from "../settings.ts";
import { type SortedMessages, sortMessages, unreadableError } from "./batch.ts";
import { isLate, type Memory, undoneBy } from "./last-word.ts";
import { MAX_DELAY_SECONDS, type RetryDelay, retryDelaySeconds } from "./retry-delay.ts";
import { deliverRound } from "./round.ts";

/** What `whisperrQueueConsumer()` can be told. */
export interface QueueConsumerOptions extends DeliveryOptions {
  /**
   * Attempts after the first within one batch, 0 or more; the Queue itself retries later.
   * @default 2
   */
  readonly maxRetries?: number | undefined;
  /**
   * Waits between these attempts, in ms: they double from `baseMs` up to `maxMs`, and half of each is random.
   * @default { baseMs: 500, maxMs: 5_000 }
   */
  readonly backoff?: DeliveryOptions["backoff"];
  /**
   * The longest time a batch may take, in ms; 1 to 840,000, for Cloudflare ends a consumer after 15 minutes.
   * @default 300_000
   */
  readonly timeLimitMs?: number | undefined;
  /**
   * Seconds until a message that failed once comes back, 1 to 86,400. They double with each further failure, and half of
   * them is random. A `Retry-After` of the API's takes their place.
   * @default 10
   */
  readonly retryDelaySeconds?: number | undefined;
  /**
   * The longest of these delays, in seconds.
   * @default 3_600
   */
  readonly maxRetryDelaySeconds?: number | undefined;
}

const OPTION_NAMES: Names<QueueConsumerOptions> = {
  ...DELIVERY_OPTION_NAMES,
  timeLimitMs: true,
  retryDelaySeconds: true,
  maxRetryDelaySeconds: true,
};

/** A Queue handler, to be exported as `queue`. */
export type QueueConsumer<Env> = (batch: QueueBatchLike, env: Env, ctx?: unknown) => Promise<void>;

const MAX_TIME_LIMIT_MS = 840_000;
/** Few and short: the Queue itself retries later. */
const MAX_RETRIES = 2;
const BACKOFF = { baseMs: 500, maxMs: 5000 };

/**
 * Makes the handler for the Worker that consumes what `queueOutbox()` produced. `options`: an object, or a function of
 * the environment, asked once; without any, the key is `env.WHISPERR_API_KEY`.
 *
 * The handler never throws. Each message that was not delivered is retried by itself: after the `Retry-After` of the
 * API's if there was one, else after a delay that grows with its attempts. So a message that the API refuses for good,
 * or that is none of ours, reaches the dead-letter queue after the Queue's `max_retries`, and no other.
 *
 * @example
 * export default { fetch, queue: whisperrQueueConsumer() };
 */
export function whisperrQueueConsumer<Env = unknown>(
  options: QueueConsumerOptions | ((env: Env) => QueueConsumerOptions) = {},
): QueueConsumer<Env> {
  let known: { readonly env: Env; readonly settings: ConsumerSettings } | undefined;

  function settingsOf(env: Env): ConsumerSettings {
    if (known?.env !== env)
      known = { env, settings: resolveConsumer(typeof options === "function" ? options(env) : options, env) };
    return known.settings;
  }

  return async (batch, env) => {
    try {
      await consume(batch, settingsOf(env));
    } catch (error) {
      // Nobody to report to. Thrown, it would have the Queue retry everything at once, and then no more.
      console.error(`[whisperr] the Queue keeps its messages: ${printable(describeThrown(error))}`);
      attempt(() => batch.retryAll({ delaySeconds: 60 }));
    }
  };
}

interface ConsumerSettings extends DeliverySettings {
  readonly timeLimitMs: number;
  readonly retryDelay: RetryDelay;
  readonly memory: Memory;
  /** Wall-clock ms since 1970 until which the server asked this isolate to wait. */
  notBeforeMs: number;
}

function resolveConsumer(given: QueueConsumerOptions, env: unknown): ConsumerSettings {
  checkOptionNames(given, OPTION_NAMES, "whisperrQueueConsumer()", console.warn);
  const seconds = (name: "retryDelaySeconds" | "maxRetryDelaySeconds", fallback: number) =>
    integer(name, given[name], fallback, 1, MAX_DELAY_SECONDS);
  const baseSeconds = seconds("retryDelaySeconds", 10);
  return {
    ...resolveDelivery(given, env, { maxRetries: MAX_RETRIES, maxQueueSize: 1 }, BACKOFF),
    notBeforeMs: 0,
    memory: { notes: [] },
    timeLimitMs: integer("timeLimitMs", given.timeLimitMs, 300_000, 1, MAX_TIME_LIMIT_MS),
    retryDelay: { baseSeconds, maxSeconds: Math.max(baseSeconds, seconds("maxRetryDelaySeconds", 3600)) },
  };
}

async function consume(batch: QueueBatchLike, settings: ConsumerSettings): Promise<void> {
  const { ports, reporter, retryDelay } = settings;
  const waitMs = settings.notBeforeMs - ports.nowMs();
  if (waitMs > 0) return batch.retryAll({ delaySeconds: Math.ceil(waitMs / 1000) });
  const sorted = sortMessages(batch.messages);
  const { unreadable } = sorted;
  if (unreadable.length > 0) report(reporter, unreadableError(unreadable.length));
  const refused = [...unreadable];
  const random = ports.random();
  const later = (message: QueueMessageLike, attempts: number, afterMs?: number) =>
    attempt(
      () => message.retry({ delaySeconds: retryDelaySeconds(attempts, random, retryDelay, afterMs) }),
      undefined,
    );

  if (sorted.carriers.size > 0) {
    const { left, afterMs } = await deliver(sorted, settings, refused);
    // One delay for all of them: with delays of their own they would come back in another order.
    const attempts = Math.max(...left.map((message) => message.attempts));
    settings.notBeforeMs = afterMs === undefined ? 0 : ports.nowMs() + afterMs;
    for (const message of left) later(message, attempts, afterMs);
  }
  for (const message of refused) later(message, message.attempts);
}

/** One that refuses stops no other; the Queue brings it again. */
function acknowledge(message: QueueMessageLike): void {
  attempt(() => message.ack());
}

interface Delivered {
  /** To be brought again. */
  readonly left: readonly QueueMessageLike[];
  /** When the server asked for a wait. */
  readonly afterMs: number | undefined;
}

/** `refused`: those that the API refuses for good are added. */
async function deliver(
  { carriers, said }: SortedMessages,
  settings: ConsumerSettings,
  refused: QueueMessageLike[],
): Promise<Delivered> {
  const { ports, memory, timeLimitMs } = settings;
  const endMs = ports.nowMs() + timeLimitMs;
  const heard: Said[] = [];
  /** Over once that is said again what they have undone. */
  const late: QueueMessageLike[] = [];
  const onSettled = (operation: Operation, delivered: boolean) => {
    const settled = carriers.get(operation) ?? [];
    carriers.delete(operation);
    const one = delivered ? said.get(operation) : undefined;
    const comesLate = one !== undefined && isLate(memory, heard, one);
    if (one) heard.push(one);
    if (comesLate) return void late.push(...settled);
    // At once: whatever happens to the rest of the batch, these are over.
    for (const message of settled) delivered ? acknowledge(message) : refused.push(message);
  };
  let afterMs = await deliverRound({ ...settings, operations: [...carriers.keys()], onSettled });
  const waiting = [...carriers.keys()].flatMap((operation) => said.get(operation) ?? []);
  const again = new Set(undoneBy(memory, heard, waiting));
  if (again.size > 0 && afterMs === undefined)
    afterMs = await deliverRound({
      ...settings,
      operations: [...again],
      onSettled: (operation) => void again.delete(operation as IdentifyOperation),
      timeLimitMs: Math.max(endMs - ports.nowMs(), 1),
    });
  const left = [...carriers.values()].flat();
  if (again.size > 0) left.push(...late);
  else for (const message of late) acknowledge(message);
  return { left, afterMs };
}
