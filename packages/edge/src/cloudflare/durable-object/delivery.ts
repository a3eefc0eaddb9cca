/**
 * What the Durable Object does: keeps what it is handed before it says so, and delivers it, one request at a time, from
 * alarm to alarm. Everything it knows is in its storage, so it may be restarted between any two steps.
 */
import { describeThrown } from "@whisperr/core";
import type { DurableStorageLike } from "../bindings.ts";
import type { DeliverySettings } from "../settings.ts";
import { reportEvicted } from "./reports.ts";
import { deliverFront } from "./round.ts";
import { nextAlarmMs } from "./schedule.ts";
import { createDurableStore, type HandedOver } from "./store.ts";

export interface OutboxObject {
  /** Keeps `operations`, in this order; those it was handed before are not kept twice. */
  handOver(operations: readonly HandedOver[]): Promise<void>;
  /** The alarm fired: delivers what is due, and sets the next one. */
  alarm(): Promise<void>;
}

/** The longest a round may take: Cloudflare ends an alarm after 15 minutes. */
const ROUND_LIMIT_MS = 60_000;
/** Until a round is tried again that failed in this code, in the storage, or for want of a key. */
const TROUBLE_MS = 60_000;

/** `settings`: throws as long as the options make no sense; what is handed over is kept all the same. */
export function createOutboxObject(
  storage: DurableStorageLike,
  settings: () => DeliverySettings,
): OutboxObject {
  const store = createDurableStore(storage);
  /** The last operation that the round under way carries; those up to it may be arriving at this moment. */
  let inFlight = 0;
  let running = false;

  /** When the next alarm fires, if it was set since this object woke up. */
  let alarmMs: number | null | undefined;

  /** Begins at once: what is handed over after the call finds the alarm set. */
  async function setAlarm(next: number | null): Promise<void> {
    if (next === alarmMs) return;
    alarmMs = next;
    await (next === null ? storage.deleteAlarm() : storage.setAlarm(next));
  }

  async function round(current: DeliverySettings): Promise<void> {
    if (Date.now() < store.waiting.notBeforeMs) return;
    await deliverFront(store, current, ROUND_LIMIT_MS, (position) => {
      inFlight = position;
    });
  }

  return {
    async handOver(operations) {
      store.add(operations, Date.now());
      const current = attempt(settings);
      if (current === undefined) return setAlarm(Date.now() + TROUBLE_MS);
      const over = store.size - current.options.maxQueueSize;
      if (over > 0) reportEvicted(store.evict(over, inFlight), current.reporter);
      if (!running) await setAlarm(nextAlarmMs(store, store.waiting, current.options));
    },

    async alarm() {
      if (running) return;
      running = true;
      // None is set meanwhile: the platform itself runs an alarm again that did not come to its end, and sooner.
      alarmMs = null;
      let next: number | null;
      try {
        const current = settings();
        await round(current);
        next = nextAlarmMs(store, store.waiting, current.options);
      } catch (error) {
        console.warn(`[whisperr] the outbox tries again in ${TROUBLE_MS} ms: ${describeThrown(error)}`);
        next = Date.now() + TROUBLE_MS;
      }
      inFlight = 0;
      running = false;
      await setAlarm(next);
    },
  };
}

function attempt<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
