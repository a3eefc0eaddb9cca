/** What the server holds of the customer, in the order it happened. */
import { setTimeout as sleep } from "node:timers/promises";

export interface TimelineEvent {
  readonly eventType: string;
  readonly occurredAt: string;
  /** The visitor it was recorded for, when there was no user yet. */
  readonly anonymousId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly context: { readonly page?: { readonly path?: string } };
}

/** Far longer than any delivery on loopback takes. */
const ARRIVAL_TIMEOUT_MS = 60_000;

export async function readTimeline(controlUrl: string, user: string): Promise<readonly TimelineEvent[]> {
  return (await (await fetch(`${controlUrl}/timeline/${user}`)).json()) as TimelineEvent[];
}

/** Resolves when the user has this many events. */
export async function untilTimelineHas(controlUrl: string, user: string, count: number): Promise<void> {
  const deadlineMs = performance.now() + ARRIVAL_TIMEOUT_MS;
  for (;;) {
    const { length } = await readTimeline(controlUrl, user);
    if (length >= count) return;
    if (performance.now() > deadlineMs) throw new Error(`${length} events arrived, ${count} were expected`);
    await sleep(20);
  }
}
