/** Counts how requests ended, so that the figures outlive the requests that are remembered. */
import type { AnswerCounts } from "./ingestion-api.ts";

export interface AnswerCounter {
  add(pathname: string, answer: string): void;
  counts(): AnswerCounts;
}

/** Only these paths are counted by name: a client that makes paths up must not grow the table. */
export function createAnswerCounter(pathnames: string[]): AnswerCounter {
  const table: AnswerCounts = {};
  return {
    add(pathname, answer) {
      const name = pathnames.includes(pathname) ? pathname : "other";
      const byAnswer = table[name] ?? {};
      byAnswer[answer] = (byAnswer[answer] ?? 0) + 1;
      table[name] = byAnswer;
    },
    counts: () => structuredClone(table),
  };
}
