/** What processes that are gone have left becomes this one's: at its start, or as soon as the file can be opened. */
import { parseOperation, type QueuedOperation, saidBy, timeIn } from "@whisperr/core";
import { type Entry, repeated, type SqliteQueue } from "./queue.ts";
import { newerThan } from "./said.ts";
import { openStore } from "./store.ts";

/** Opens the file, and returns what is to be queued behind all that is. `busyMs`: see `openStore()`. */
export function takeOver(queue: SqliteQueue, busyMs: number): readonly Entry[] {
  const { store, rows } = openStore(queue.file, queue.open, busyMs, queue.next);
  queue.store = store;
  queue.takesOver = false;
  queue.next += rows.length;
  const entries: Entry[] = [];
  for (const { number, operation } of rows) {
    const parsed = parseOperation(operation);
    // What is no operation any more is of no use to anybody.
    if (parsed === undefined) {
      queue.settled.push([number, number]);
      continue;
    }
    // One of an earlier version does not say when it was called: before all that do.
    const { saidAtMs: _time, ...stored } = parsed as QueuedOperation & { readonly saidAtMs?: number };
    const saidAtMs = timeIn(parsed) ?? 0;
    entries.push({ number, operation: stored, said: saidBy(stored, saidAtMs), isStored: true });
    queue.saidAtMs = Math.max(queue.saidAtMs, saidAtMs);
  }
  // Behind what was taken over, and not once that is settled: this process may be about to end by then.
  const old = entries.flatMap(({ said }) => said ?? []);
  return [...entries, ...newerThan(store.notes, old).map((said) => repeated(queue, said))];
}
