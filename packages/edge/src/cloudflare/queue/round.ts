/** One bounded round of delivery: core's machine sends what it can, and the Queue keeps what is left. */
import {
  abandon,
  createClient,
  createMemoryOutbox,
  createTransport,
  EFFECTS,
  flush,
  type Operation,
  startQueue,
} from "@whisperr/core";
import type { DeliverySettings } from "../settings.ts";

export interface Round extends DeliverySettings {
  /** In the order of delivery; at least one. */
  readonly operations: readonly Operation[];
  readonly onSettled: (operation: Operation, delivered: boolean) => void;
  /** What is not settled after this many ms is left. */
  readonly timeLimitMs: number;
}

/**
 * Ends early when the server asks for a wait, and returns it, in ms: its caller has a better clock, and nothing is held
 * meanwhile.
 */
export async function deliverRound(round: Round): Promise<number | undefined> {
  const { operations, options, ports, reporter, timeLimitMs, onSettled } = round;
  const outbox = createMemoryOutbox();
  for (const operation of operations) outbox.append(operation);
  let askedMs: number | undefined;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const effects: typeof EFFECTS = {
    ...EFFECTS,
    wake(machine, afterMs) {
      if (machine.phase !== "throttled") return EFFECTS.wake(machine, afterMs);
      askedMs = afterMs;
      end();
    },
  };
  const client = createClient(
    // Only flush() starts anything, and everything has its place already.
    { ...options, flushAt: Infinity, flushIntervalMs: 0, maxQueueSize: Infinity, maxQueueBytes: Infinity },
    outbox,
    createTransport(options, ports),
    reporter,
    { ...ports, onSettled },
    { effects },
  );
  startQueue(client);
  const deadline = ports.timers.set(() => abandon(client), timeLimitMs);
  await Promise.race([flush(client), ended]);
  ports.timers.clear(deadline);
  return askedMs;
}
