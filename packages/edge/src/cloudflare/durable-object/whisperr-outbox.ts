/** Durable Objects as the outbox: the class a Worker exports, and the client's side. */
import { checkOptionNames, DELIVERY_OPTION_NAMES, type Names } from "@whisperr/core";
import type { DurableObjectStateLike } from "../bindings.ts";
import { type DeliveryOptions, type DeliverySettings, resolveDelivery } from "../settings.ts";
import { parseHandOver } from "./body.ts";
import { createOutboxObject, handOver, type OutboxObject, onAlarm } from "./delivery.ts";

/** What a `WhisperrOutbox` can be told. */
export interface OutboxOptions extends DeliveryOptions {
  /**
   * How many operations are delivered at once, 1 or more.
   * @default 20
   */
  readonly flushAt?: number | undefined;
  /**
   * How long fewer of them wait for others, in ms, so that requests share a batch; 0 = not at all.
   * @default 1_000
   */
  readonly flushIntervalMs?: number | undefined;
  /**
   * How many operations are kept, 1 or more. Beyond it the oldest are dropped and reported.
   * @default 10_000
   */
  readonly maxQueueSize?: number | undefined;
  /**
   * Failed attempts after the first until `retry_exhausted` is reported, 0 or more; the object goes on trying.
   * @default 6
   */
  readonly maxRetries?: number | undefined;
  /**
   * Waits between attempts, in ms: they double from `baseMs` up to `maxMs`, and half of each is random.
   * @default { baseMs: 1_000, maxMs: 30_000 }
   */
  readonly backoff?: DeliveryOptions["backoff"];
}

const OPTION_NAMES: Names<OutboxOptions> = {
  ...DELIVERY_OPTION_NAMES,
  flushAt: true,
  flushIntervalMs: true,
  maxQueueSize: true,
};

/** An interval long enough for busy Workers' requests to share a batch, short enough to be no delay. */
const DEFAULTS = { maxQueueSize: 10_000, flushIntervalMs: 1000 };

/**
 * The Durable Object that keeps operations in its SQLite storage and delivers them in order, with alarms as its clock.
 * Export it from your Worker, bind it as `WHISPERR_OUTBOX`, and list it under `new_sqlite_classes`. The key is the
 * Worker's `WHISPERR_API_KEY`; to set options, extend the class.
 *
 * @example
 * export class Outbox extends WhisperrOutbox<Env> {
 *   override options(env: Env) {
 *     return { apiKey: env.MY_KEY };
 *   }
 * }
 */
export class WhisperrOutbox<Env = unknown> {
  /** Cloudflare's types know a Durable Object by this; it never has a value. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #object: OutboxObject;

  /** For the platform. */
  constructor(ctx: DurableObjectStateLike, env: Env) {
    let options: OutboxOptions | undefined;
    let settings: DeliverySettings | undefined;
    this.#object = createOutboxObject(
      ctx.storage,
      () => {
        if (options === undefined) {
          options = this.options(env);
          checkOptionNames(options, OPTION_NAMES, "WhisperrOutbox", console.warn);
        }
        settings ??= resolveDelivery(options, env, DEFAULTS);
        return settings;
      },
      () => {
        const maxQueueSize = options?.maxQueueSize;
        return Number.isInteger(maxQueueSize) ? Math.max(1, Number(maxQueueSize)) : DEFAULTS.maxQueueSize;
      },
    );
  }

  /** Override to set options. Asked once, before the object does anything, with the Worker's environment. */
  options(_env: Env): OutboxOptions {
    return {};
  }

  /** For `durableObjectOutbox()`: answers once the operations are kept. */
  async fetch(request: { text(): Promise<string> }): Promise<{ readonly status: number }> {
    const operations = parseHandOver(await request.text());
    if (operations === undefined) return new Response("not a hand-over of Whisperr's", { status: 400 });
    await handOver(this.#object, operations);
    return new Response("kept");
  }

  /** For the platform. */
  alarm(): Promise<void> {
    return onAlarm(this.#object);
  }
}
