/**
 * An outbox in Deno KV, which outlives its process, a killed one too. Storage is asynchronous and the queue is not: what is
 * queued stands in memory, and every change is written at once, a few milliseconds later.
 */
import { type AppOutbox, misuse, type Operation } from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";
import type { KvLike } from "./kv-api.ts";
import { type Entry, outboxKey, readRecords } from "./kv-records.ts";
import { createKvWriter } from "./kv-writer.ts";

/** The option `outbox` takes it; of one client alone. */
export interface KvOutbox extends AppOutbox {
  /**
   * Resolves when everything queued or settled before the call has been written: true, or false when the database
   * refuses it (what is queued is in memory still, and tried again). Never rejects.
   */
  readonly saved: () => Promise<boolean>;
}

/** What `openKvOutbox()` can be told. */
export interface KvOutboxOptions {
  /** Which outbox of this database, 1 to 64 characters; clients that share one need different names. Default `"default"`. */
  readonly name?: string | undefined;
  /** Told when something cannot be stored or read. Default: a warning on the console. What it throws is caught. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const MAX_NAME_LENGTH = 64;

/**
 * Opens the outbox, with everything in it that earlier processes did not deliver. `kv` is what `await Deno.openKv()` gives,
 * and stays yours to close. Rejects when the database cannot be read, or an option makes no sense.
 */
export async function openKvOutbox(kv: KvLike, options: KvOutboxOptions = {}): Promise<KvOutbox> {
  const { name = "default" } = options;
  if (typeof kv?.atomic !== "function") throw misuse("openKvOutbox() takes what Deno.openKv() gives");
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH)
    throw misuse(`name must be a string of 1 to ${MAX_NAME_LENGTH} characters`);
  const onTrouble = (message: string) => tell(options.onError, `[whisperr] ${message}`);
  const root = outboxKey(name);
  const { entries, damaged, nextLane } = await readRecords(kv, root, nowMs());
  const writer = createKvWriter(kv, root, timers, onTrouble);
  for (const entry of damaged) writer.erase(entry);
  if (damaged.length > 0) onTrouble(`${damaged.length} stored operations were damaged, and are dropped`);
  return createOutbox(entries, nextLane, writer);
}

function createOutbox(entries: Entry[], lane: string, writer: ReturnType<typeof createKvWriter>): KvOutbox {
  let number = 0;
  return {
    get size() {
      return entries.length;
    },
    append(operation: Operation) {
      const entry = { operation, lane, number: number++, parts: 0 };
      entries.push(entry);
      writer.store(entry);
    },
    at: (index) => entries[index]?.operation,
    remove(offset, count) {
      for (const entry of entries.splice(offset, count)) writer.erase(entry);
    },
    saved: writer.saved,
  };
}

function tell(onError: ((error: Error) => void) | undefined, message: string): void {
  if (onError === undefined) return console.warn(message);
  try {
    onError(new Error(message));
  } catch {
    // The outbox must not throw, whatever an app's callback does.
  }
}
