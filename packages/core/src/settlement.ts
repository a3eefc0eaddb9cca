/** What leaves the queue, in the books and in the app's ears: takes operations out, counts them, reports them. */
import type { KeptBecause } from "./delivery/effect.ts";
import {
  abandonedMessage,
  authMessage,
  type DropReason,
  droppedMessage,
  MAX_REPORTED_IDS,
  retryExhaustedMessage,
  type WhisperrError,
} from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import { formatMessageId, type Operation } from "./operation.ts";
import type { Outbox } from "./outbox.ts";
import type { Answer } from "./outcome.ts";
import type { Reporter } from "./reporter.ts";

export interface Settlement {
  /** An operation that never reached the queue; who waits for it hears of it. */
  refuse(reason: DropReason, message: string, operation?: Operation): void;
  /** The front `count` operations were answered; the server refused `rejected` of them for good. */
  remove(count: number, rejected: number, answer: Answer): void;
  /** The answer refused the front `count` operations. */
  drop(count: number, reason: "rejected" | "too_large", answer: Answer): void;
  /** There is no room for `count` operations from `offset` on. */
  evict(offset: number, count: number): void;
  /** Reports the evictions not yet reported. */
  reportEvictions(): void;
  /** Takes operations out of the outbox; who waits for one of them hears of it. */
  leave(offset: number, count: number, delivered: boolean): void;
  /** Counts and reports `count` operations that are out already. */
  giveUp(reason: DropReason, count: number): void;
  /** Reports `count` operations that are counted already. */
  report(reason: DropReason, count: number): void;
  /** Delivery stopped and everything is kept. */
  keep(because: KeptBecause, attempts: number, answer: Answer): void;
}

export function createSettlement(
  outbox: Outbox,
  ledger: Ledger,
  reporter: Reporter,
  onSettled?: (operation: Operation, delivered: boolean) => void,
): Settlement {
  // Evictions come by the thousand: the first is reported at once, those that follow together.
  let evicted: { count: number; ids: string[] } | undefined;

  function dropped(reason: DropReason, count: number, message: string, more?: Partial<WhisperrError>): void {
    reporter.report({ type: "dropped", reason, count, message, ...more });
  }

  /** Counts and reports what has left the queue. */
  function lost(reason: DropReason, count: number, answer?: Answer, messageIds?: readonly string[]): void {
    ledger.drop(reason, count);
    dropped(reason, count, droppedMessage(reason, answer), {
      ...status(answer),
      ...(messageIds && { messageIds }),
    });
  }

  function messageIds(offset: number, count: number, most: number): string[] {
    const ids: string[] = [];
    for (let i = offset; i < offset + count && ids.length < most; i++) {
      const operation = outbox.at(i);
      if (operation?.kind === "track") ids.push(formatMessageId(operation));
    }
    return ids;
  }

  function leave(offset: number, count: number, delivered: boolean): void {
    const gone: Operation[] = [];
    for (let i = offset; onSettled && i < offset + count; i++) {
      const operation = outbox.at(i);
      if (operation !== undefined) gone.push(operation);
    }
    outbox.remove(offset, count);
    for (const operation of gone) onSettled?.(operation, delivered);
  }

  return {
    leave,
    refuse(reason, message, operation) {
      if (operation !== undefined) onSettled?.(operation, false);
      ledger.accept(1);
      ledger.drop(reason, 1);
      if (reason === "before_send" || reason === "opted_out") return reporter.debug(message);
      dropped(reason, 1, message);
    },
    remove(count, rejected, answer) {
      leave(0, count, true);
      ledger.deliver(count - rejected);
      if (rejected > 0) lost("rejected_by_server", rejected, answer);
    },
    drop(count, reason, answer) {
      const ids = messageIds(0, count, MAX_REPORTED_IDS);
      leave(0, count, false);
      lost(reason, count, answer, ids);
    },
    evict(offset, count) {
      const room = MAX_REPORTED_IDS - (evicted?.ids.length ?? 0);
      const ids = messageIds(offset, count, room);
      leave(offset, count, false);
      ledger.drop("queue_full", count);
      if (evicted === undefined) {
        evicted = { count: 0, ids: [] };
        return dropped("queue_full", count, droppedMessage("queue_full"), { messageIds: ids });
      }
      evicted.count += count;
      evicted.ids.push(...ids);
    },
    reportEvictions() {
      const { count = 0, ids = [] } = evicted ?? {};
      evicted = undefined;
      if (count > 0) dropped("queue_full", count, droppedMessage("queue_full"), { messageIds: ids });
    },
    giveUp: lost,
    report: (reason, count) => dropped(reason, count, droppedMessage(reason)),
    keep(because, attempts, answer) {
      const count = outbox.size;
      if (because === "abandoned") {
        return reporter.report({ type: "retry_exhausted", message: abandonedMessage(count), count });
      }
      const message = because === "auth" ? authMessage(answer) : retryExhaustedMessage(answer, attempts);
      reporter.report({ type: because, message, count, ...status(answer) });
    },
  };
}

/** Browsers show a redirect that is not followed as status 0: none that anybody answered with. */
function status(answer: Answer | undefined): { status?: number } {
  return answer !== undefined && "status" in answer && answer.status > 0 ? { status: answer.status } : {};
}
