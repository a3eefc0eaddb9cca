/**
 * What the Durable Object does: keeps what it is handed before it says so, and delivers it with core's machine, which has
 * alarms for its timer. What must outlive a restart is in its storage: the operations, and how long to wait after how many
 * failures. The client is made anew, and adopts them as a page adopts those of earlier pages.
 */
import {
  adopt,
  arrived,
  type Client,
  createClient,
  createTransport,
  describeThrown,
  EFFECTS,
  type Effects,
  lose,
  type Operation,
  printable,
  refuse,
  step,
  timerFired,
  transmit,
} from "@whisperr/core";
import type { DurableStorageLike } from "../bindings.ts";
import type { DeliverySettings } from "../settings.ts";
import { createDurableStore, type DurableStore, type HandedOver } from "./store.ts";

export interface OutboxObject {
  readonly storage: DurableStorageLike;
  readonly store: DurableStore;
  /** Throws as long as the options make no sense; what is handed over is kept all the same. */
  readonly settings: () => DeliverySettings;
  /** How many operations are kept, as far as that is known without them. */
  readonly maxQueueSize: () => number;
  /** Undefined until the settings are known. */
  client: DurableClient | undefined;
  /** When delivery goes on, wall-clock ms since 1970; null: when something comes. */
  dueMs: number | null;
  /** When the platform's alarm fires, as far as it was set since this object woke up. */
  alarmMs: number | null | undefined;
  /** The alarm fired, and delivers. */
  isDelivering: boolean;
  /** What was said last of the settings, or of a failure in this code. */
  trouble: string;
  /** What is being dropped may have arrived all the same. */
  isInDoubt: boolean;
  /** Operations that had to go before there was a client to count them. */
  evicted: number;
}

/** Core's record, with the object that it belongs to. */
interface DurableClient extends Client {
  readonly object: OutboxObject;
}

/** The longest an alarm may take: Cloudflare ends one after 15 minutes. */
const ALARM_LIMIT_MS = 60_000;
/** Until something is tried again that failed in this code, in the storage, or for want of a key. */
const TROUBLE_MS = 60_000;

export function createOutboxObject(
  storage: DurableStorageLike,
  settings: () => DeliverySettings,
  maxQueueSize: () => number,
): OutboxObject {
  return {
    storage,
    store: createDurableStore(storage),
    settings,
    maxQueueSize,
    client: undefined,
    dueMs: null,
    alarmMs: undefined,
    isDelivering: false,
    trouble: "",
    isInDoubt: false,
    evicted: 0,
  };
}

/** Keeps `operations`, in this order; those it was handed before are not kept twice. */
export async function handOver(object: OutboxObject, operations: readonly HandedOver[]): Promise<void> {
  const client = attempt(object);
  object.store.add(operations, Date.now());
  if (client) {
    dropUnreadable(client);
    // With those of a hand-over that broke off once they were stored, and was repeated.
    arrived(client, object.store.size - client.pending);
  } else await waitForSettings(object);
  await setAlarm(object);
}

/** The alarm fired: delivers what is due, and sets the next one. */
export async function onAlarm(object: OutboxObject): Promise<void> {
  if (object.isDelivering) return;
  object.isDelivering = true;
  // None is set meanwhile: the platform itself runs an alarm again that did not come to its end, and sooner.
  object.alarmMs = null;
  try {
    object.store.forget(Date.now());
    await deliver(clientOf(object));
  } catch (error) {
    sayTrouble(object, error);
    object.dueMs = Date.now() + TROUBLE_MS;
  }
  object.isDelivering = false;
  await setAlarm(object);
}

async function deliver(client: DurableClient): Promise<void> {
  const { object } = client;
  const endMs = Date.now() + ALARM_LIMIT_MS;
  if (Date.now() < Number(object.dueMs)) return;
  if (client.phase !== "sending") step(client, timerFired);
  while (client.phase === "sending" && Date.now() < endMs) await transmit(client);
}

/** Begins at once: what is handed over after the call finds the alarm set. */
async function setAlarm(object: OutboxObject): Promise<void> {
  const { storage, store, alarmMs, isDelivering } = object;
  if (isDelivering) return;
  // An object that has nothing to do wakes up to forget.
  const dueMs = object.dueMs ?? store.forget(Date.now());
  if (dueMs === alarmMs) return;
  object.alarmMs = dueMs;
  try {
    await (dueMs === null ? storage.deleteAlarm() : storage.setAlarm(dueMs));
  } catch (error) {
    // Whoever repeats the call sets it.
    object.alarmMs = undefined;
    throw error;
  }
}

function clientOf(object: OutboxObject): DurableClient {
  object.client ??= makeClient(object, object.settings());
  return object.client;
}

function makeClient(object: OutboxObject, { options, ports, reporter }: DeliverySettings): DurableClient {
  const { store } = object;
  const config = {
    ...options,
    // It goes on for ever: who stopped would have nobody to start it again.
    maxRetries: Infinity,
    // Nothing is waited for: each operation starts a flush.
    flushAt: options.flushIntervalMs === 0 ? 1 : options.flushAt,
    requestTimeoutMs: Math.min(options.requestTimeoutMs, ALARM_LIMIT_MS),
  };
  const transport = createTransport(config, ports);
  // They are stored with it, and in the queue once the machine has come to the end of its step.
  const onSettled = (operation: Operation, isDelivered: boolean) => {
    const again = isDelivered || object.isInDoubt ? store.delivered(operation, Date.now()) : 0;
    if (again > 0) void Promise.resolve().then(() => sayAgain(client, again));
  };
  const more = { object, effects: effectsByAlarm() };
  const client = createClient(config, store, transport, reporter, { ...ports, onSettled }, more);
  const { failures, notBeforeMs } = store.waiting;
  client.failures = failures;
  dropUnreadable(client);
  adopt(client, store.size);
  if (object.evicted > 0) {
    client.accepted += object.evicted;
    step(client, () => lose(client, "queue_full", object.evicted));
    object.evicted = 0;
  }
  // A wait that a restart cut off goes on.
  if (object.dueMs !== null) object.dueMs = Math.max(object.dueMs, notBeforeMs);
  return client;
}

/** They are no calls of anybody. */
function sayAgain(client: DurableClient, count: number): void {
  client.object.store.letIn(count);
  arrived(client, count);
}

/** What came in since the last look and is none of ours, or damaged. */
function dropUnreadable(client: DurableClient): void {
  const count = client.object.store.takeUnreadable();
  for (let i = 0; i < count; i++)
    refuse(client, "corrupt", "An operation that was handed over could not be read.");
}

/** In place of core's own: the timer is an alarm, and requests are sent while one is handled. */
function effectsByAlarm(): Effects {
  return {
    ...EFFECTS,
    drop(client: DurableClient, offset, count, reason) {
      client.object.isInDoubt = reason === "undeliverable";
      EFFECTS.drop(client, offset, count, reason);
      client.object.isInDoubt = false;
    },
    send({ object, ports }: DurableClient) {
      object.dueMs = ports.nowMs();
    },
    wake(client: DurableClient, afterMs) {
      const { object, phase, failures, config, ports } = client;
      if (phase === "sending") return;
      // Not at every interval.
      const waitMs = phase === "unauthorized" ? config.backoff.maxMs : afterMs;
      const dueMs = waitMs > 0 ? ports.nowMs() + waitMs : null;
      object.dueMs = dueMs;
      const isTrouble = phase !== "idle" && dueMs !== null;
      object.store.waiting = isTrouble ? { failures, notBeforeMs: dueMs } : { failures: 0, notBeforeMs: 0 };
      tellExhausted(client);
    },
  };
}

/** Once an outage. */
function tellExhausted(client: DurableClient): void {
  const attempts = client.object.settings().options.maxRetries + 1;
  const isFailing = client.phase === "backoff" || client.phase === "throttled";
  // Without an answer it is a client that was made anew, and the report is out.
  if (isFailing && client.failures === attempts && client.answer)
    EFFECTS.report(client, "retry_exhausted", attempts);
}

/** Undefined as long as there are no settings that make sense; why is said. */
function attempt(object: OutboxObject): DurableClient | undefined {
  try {
    return clientOf(object);
  } catch (error) {
    sayTrouble(object, error);
    return undefined;
  }
}

/** Nobody evicts and no timer is set without a client. */
async function waitForSettings(object: OutboxObject): Promise<void> {
  const { storage, store } = object;
  const tooMany = store.size - object.maxQueueSize();
  if (tooMany > 0) {
    if (object.evicted === 0) console.warn("[whisperr] the outbox is full and drops its oldest operations");
    object.evicted += tooMany;
    store.remove(0, tooMany);
  }
  // It may be set since before this object woke up: however much comes in, it fires.
  const setMs = object.dueMs ?? (await storage.getAlarm()) ?? Infinity;
  object.dueMs = Math.min(setMs, Date.now() + TROUBLE_MS);
}

/** Once as long as it is the same: the outbox is asked with each request. */
function sayTrouble(object: OutboxObject, error: unknown): void {
  const why = printable(describeThrown(error));
  if (why === object.trouble) return;
  object.trouble = why;
  console.warn(`[whisperr] the outbox delivers nothing and tries again every ${TROUBLE_MS} ms: ${why}`);
}
