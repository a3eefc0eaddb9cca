/**
 * Writes changes to Deno KV, in the order they came: one commit at a time, each as large as the limits of Deno KV allow.
 * What fails stays to be written, and is tried again with the next change, or after a while.
 */
import { describeThrown, printable, type Timers } from "@whisperr/core";
import type { KvKey, KvLike } from "./kv-api.ts";
import { type Entry, encodeParts, partKeys } from "./kv-records.ts";

export interface KvWriter {
  store(entry: Entry): void;
  erase(entry: Entry): void;
  /** Resolves when every change made before the call was tried: true when nothing is in memory only. */
  saved(): Promise<boolean>;
}

/** Deno KV takes 1,000 changes and 80 KiB of keys at once; a key takes about 100 bytes. */
const MAX_CHANGES = 500;
/** Deno KV takes 800 KiB at once, keys included. */
const MAX_COMMIT_BYTES = 600 * 1024;
const RETRY_MS = 1000;

export function createKvWriter(
  kv: KvLike,
  root: KvKey,
  timers: Timers,
  onTrouble: (message: string) => void,
): KvWriter {
  /** Not begun to be written; true: to be stored, false: to be erased. */
  let changes = new Map<Entry, boolean>();
  /** Too large for Deno KV. */
  const inMemoryOnly = new Set<Entry>();
  let writing: Promise<void> | undefined;
  let retry: unknown;
  let failed = false;

  function start(): Promise<void> {
    writing ??= writeAll();
    return writing;
  }

  async function writeAll(): Promise<void> {
    timers.clear(retry);
    // Calls of one turn share a commit.
    await undefined;
    const batch = new Map<Entry, boolean>();
    try {
      while (changes.size > 0) {
        batch.clear();
        await commitFirst(batch);
      }
      failed = false;
    } catch (error) {
      // What was changed again meanwhile keeps the newer word.
      changes = new Map([...batch, ...changes]);
      retry = timers.set(start, RETRY_MS);
      if (!failed) onTrouble(`Deno KV did not take what is queued: ${printable(describeThrown(error))}`);
      failed = true;
    }
    // Here and not when the promise has resolved: what is changed in between would wait for the next change.
    writing = undefined;
  }

  /** Moves as many changes as fit from `changes` to `batch`, and commits them. */
  async function commitFirst(batch: Map<Entry, boolean>): Promise<void> {
    const commit = kv.atomic();
    let count = 0;
    let bytes = 0;
    for (const [entry, isStored] of changes) {
      const parts = isStored ? encodeParts(entry.operation) : [];
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      if (size > MAX_COMMIT_BYTES) {
        keepInMemory(entry, size);
        continue;
      }
      count += Math.max(parts.length, entry.parts);
      bytes += size;
      if (batch.size > 0 && (count > MAX_CHANGES || bytes > MAX_COMMIT_BYTES)) break;
      changes.delete(entry);
      batch.set(entry, isStored);
      if (isStored) entry.parts = parts.length;
      for (const [part, key] of partKeys(root, entry).entries()) {
        if (isStored) commit.set(key, parts[part]);
        else commit.delete(key);
      }
    }
    if (batch.size > 0) await commit.commit();
  }

  function keepInMemory(entry: Entry, size: number): void {
    changes.delete(entry);
    inMemoryOnly.add(entry);
    onTrouble(`An operation of ${size} bytes is more than Deno KV takes: it is kept in memory only`);
  }

  return {
    store(entry) {
      changes.set(entry, true);
      void start();
    },
    erase(entry) {
      inMemoryOnly.delete(entry);
      // It was settled before anything of it was written.
      if (entry.parts === 0) return void changes.delete(entry);
      changes.set(entry, false);
      void start();
    },
    async saved() {
      await start();
      return !failed && inMemoryOnly.size === 0;
    },
  };
}
