/** One round of a Durable Object: the front of its store through core's machine, and what comes of it. */
import { backoffDelayMs, type Operation, parseOperation, report, type WhisperrError } from "@whisperr/core";
import { deliverRound, type RoundEnd } from "../bounded-delivery.ts";
import type { DeliverySettings } from "../settings.ts";
import { reportExhausted, reportUnreadable } from "./reports.ts";
import type { DurableStore } from "./store.ts";

/** Operations of a round, and characters of them: one full request, or memory for many an identify. */
const MAX_OPERATIONS = 500;
const MAX_LENGTH = 4_000_000;

/** `onCarrying` is told the position of the last operation under way. Sets until when the store waits. */
export async function deliverFront(
  store: DurableStore,
  settings: DeliverySettings,
  timeLimitMs: number,
  onCarrying: (position: number) => void,
): Promise<void> {
  const { ports, reporter, options } = settings;
  const positions = readFront(store, settings);
  if (positions.size === 0) return;
  onCarrying(Math.max(...positions.values()));

  let refusedKey: WhisperrError | undefined;
  const end = await deliverRound({
    operations: [...positions.keys()],
    // One attempt: the next one is the next alarm's.
    options: { ...options, maxRetries: 0 },
    ports: {
      ...ports,
      onSettled: (operation) => store.remove(positions.get(operation) ?? 0),
    },
    reporter,
    tells(error) {
      if (error.type === "auth") refusedKey = error;
      return error.type === "dropped";
    },
    timeLimitMs,
  });

  if (refusedKey !== undefined) report(reporter, { ...refusedKey, count: store.size });
  rest(store, settings, end, end.left < positions.size);
}

/** The operations at the front, each with its position; what cannot be read is dropped. */
function readFront(store: DurableStore, { reporter }: DeliverySettings): Map<Operation, number> {
  const positions = new Map<Operation, number>();
  let unreadable = 0;
  for (const { position, text } of store.front(MAX_OPERATIONS, MAX_LENGTH)) {
    const operation = parseOperation(text);
    if (operation !== undefined) positions.set(operation, position);
    else {
      store.remove(position);
      unreadable++;
    }
  }
  if (unreadable > 0) reportUnreadable(unreadable, reporter);
  return positions;
}

/** How long to wait: not at all, as long as the server asked for, or a backoff that grows with failures in a row. */
function rest(store: DurableStore, settings: DeliverySettings, end: RoundEnd, progressed: boolean): void {
  const { options, ports, reporter } = settings;
  const { outcome, left } = end;
  const before = store.waiting;
  const failed = left > 0 && (outcome.kind === "retry" || outcome.kind === "auth");
  if (!failed) {
    if (before.failures > 0) store.waiting = { failures: 0, notBeforeMs: 0 };
    return;
  }
  const failures = (progressed ? 0 : before.failures) + 1;
  const afterMs = outcome.kind === "auth" ? options.backoff.maxMs : outcome.afterMs;
  const delayMs = afterMs ?? backoffDelayMs(failures, ports.random(), options.backoff);
  store.waiting = { failures, notBeforeMs: ports.nowMs() + delayMs };
  if (outcome.kind === "retry" && failures === options.maxRetries + 1)
    reportExhausted(end.answer, failures, store.size, reporter);
}
