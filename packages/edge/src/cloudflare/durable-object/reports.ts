/** What a Durable Object reports by itself; the rest comes from core's machine. */
import {
  type Answer,
  droppedMessage,
  formatMessageId,
  parseOperation,
  type Reporter,
  report,
  retryExhaustedMessage,
} from "@whisperr/core";
import type { StoredRow } from "./store.ts";

/** As everywhere: more ids would make a report larger than what it reports. */
const MAX_REPORTED_IDS = 100;

/** There was no room for these. */
export function reportEvicted(rows: readonly StoredRow[], reporter: Reporter): void {
  const messageIds = rows.slice(0, MAX_REPORTED_IDS).flatMap(({ text }) => {
    const operation = parseOperation(text);
    return operation?.kind === "track" ? [formatMessageId(operation)] : [];
  });
  const message = droppedMessage("queue_full");
  report(reporter, { type: "dropped", reason: "queue_full", count: rows.length, message, messageIds });
}

export function reportUnreadable(count: number, reporter: Reporter): void {
  report(reporter, { type: "dropped", reason: "corrupt", count, message: droppedMessage("corrupt") });
}

/** Said once, when the attempts of `maxRetries` are used up; the object goes on trying. */
export function reportExhausted(answer: Answer, attempts: number, count: number, reporter: Reporter): void {
  const message = retryExhaustedMessage(answer, attempts);
  const status = answer.status > 0 ? { status: answer.status } : {};
  report(reporter, { type: "retry_exhausted", message, count, ...status });
}
