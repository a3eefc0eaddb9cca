/**
 * Writes changes to Deno KV, in the order they came: one commit at a time, each as large as the limits of Deno KV allow, and
 * each only as long as the queue is this process's. What fails stays to be written, and is tried again with the next change,
 * or after a while.
 */
import { describeThrown, printable } from "@whisperr/core";
import { timers } from "./clock.ts";
import type { KvKey } from "./kv-api.ts";
import { type Claim, commitAs, isHeld, RENEW_MS, startAnew } from "./kv-claim.ts";
import { type Entry, encodeParts, partKeys } from "./kv-records.ts";
import { changesOf, isIdentify, type Note, writeChanges } from "./kv-said.ts";

/** What the writer has to know of its queue. */
export interface Written {
  readonly claim: Claim;
  readonly root: KvKey;
  /** All that waits, oldest first. */
  readonly entries: readonly Entry[];
  /** No request is sent any more: another process may have it. */
  readonly isOver: () => boolean;
  /** Another process has what was stored, all but the `kept`. */
  readonly onLost: (kept: ReadonlySet<Entry>) => void;
  /** Newer identifies than one that was settled: they wait from now on. */
  readonly sayAgain: (notes: readonly Note[]) => void;
  readonly onTrouble: (message: string) => void;
}

export interface Writer {
  readonly queue: Written;
  /** Not begun to be written; true: to be stored, false: to be erased. */
  changes: Map<Entry, boolean>;
  /** What is written now. */
  readonly batch: Map<Entry, boolean>;
  /** Too large for Deno KV. */
  readonly inMemoryOnly: Set<Entry>;
  writing: Promise<void> | undefined;
  /** Of the next try, or the next time the lease is prolonged. */
  timer: unknown;
  /** The last write did. */
  failed: boolean;
  /** A commit is wanted, be there changes or not. */
  isConfirming: boolean;
}

/** Deno KV takes 1,000 changes and 80 KiB of keys at once; a key takes about 100 bytes. */
const MAX_CHANGES = 500;
/** Deno KV takes 800 KiB at once, keys included. */
const MAX_COMMIT_BYTES = 600 * 1024;
const RETRY_MS = 1000;

export function createWriter(queue: Written): Writer {
  return {
    queue,
    changes: new Map(),
    batch: new Map(),
    inMemoryOnly: new Set(),
    writing: undefined,
    timer: undefined,
    failed: false,
    isConfirming: false,
  };
}

export function store(writer: Writer, entry: Entry): void {
  writer.changes.set(entry, true);
  void start(writer);
}

export function erase(writer: Writer, entry: Entry): void {
  entry.settledAfter = writer.queue.claim.version;
  writer.inMemoryOnly.delete(entry);
  // It was settled before anything of it was written.
  if (entry.parts === 0 && !saysSomething(entry)) return void writer.changes.delete(entry);
  writer.changes.set(entry, false);
  void start(writer);
}

const saysSomething = ({ operation, isUnheard }: Entry): boolean => isIdentify(operation) && !isUnheard;

/** Resolves when every change made before the call was tried: true when nothing is in memory only. */
export async function saved(writer: Writer): Promise<boolean> {
  const { claim, isOver } = writer.queue;
  // What a client leaves that has ended, another process may have now.
  if (isOver() && claim.version !== null && isHeld(claim)) writer.isConfirming = true;
  await start(writer);
  return !writer.failed && writer.inMemoryOnly.size === 0;
}

/** How many operations only memory has, as far as is known. */
export function unstored({ changes, batch, inMemoryOnly }: Writer): number {
  const unstored = new Set(inMemoryOnly);
  for (const [entry, isStored] of [...batch, ...changes])
    isStored ? unstored.add(entry) : unstored.delete(entry);
  return unstored.size;
}

/** Asks the database whether the queue is this process's still. Resolves with false when it does not answer. */
export async function confirm(writer: Writer): Promise<boolean> {
  writer.isConfirming = true;
  await start(writer);
  return !writer.failed;
}

function start(writer: Writer): Promise<void> {
  writer.writing ??= writeAll(writer);
  return writer.writing;
}

function isEmpty({ changes, queue }: Writer): boolean {
  return queue.entries.length === 0 && changes.size === 0 && !queue.claim.isTaking;
}

async function writeAll(writer: Writer): Promise<void> {
  const { claim, isOver, onTrouble } = writer.queue;
  timers.clear(writer.timer);
  // Calls of one turn share a commit.
  await undefined;
  const { batch } = writer;
  try {
    // A lease of nothing is given back.
    while (writer.changes.size > 0 || writer.isConfirming || (isEmpty(writer) && claim.version !== null)) {
      batch.clear();
      writer.isConfirming = false;
      await commitFirst(writer, batch);
    }
    batch.clear();
    writer.failed = false;
    if (claim.version !== null && !isOver()) writer.timer = timers.set(() => void confirm(writer), RENEW_MS);
  } catch (error) {
    // What was changed again meanwhile keeps the newer word.
    writer.changes = new Map([...batch, ...writer.changes]);
    batch.clear();
    writer.timer = timers.set(() => void start(writer), RETRY_MS);
    if (!writer.failed) onTrouble(`Deno KV did not take what is queued: ${printable(describeThrown(error))}`);
    writer.failed = true;
  }
  // Here and not when the promise has resolved: what is changed in between would wait for the next change.
  writer.writing = undefined;
}

/** Moves as many changes as fit from `changes` to `batch`, and commits them. */
async function commitFirst(writer: Writer, batch: Map<Entry, boolean>): Promise<void> {
  const { queue, changes } = writer;
  const writes: [KvKey, Uint8Array | undefined][] = [];
  let bytes = 0;
  for (const [entry, isStored] of changes) {
    const parts = isStored ? encodeParts(entry) : [];
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (size > MAX_COMMIT_BYTES) {
      keepInMemory(writer, entry, size);
      continue;
    }
    bytes += size;
    const count = writes.length + Math.max(parts.length, entry.parts);
    if (batch.size > 0 && (count > MAX_CHANGES || bytes > MAX_COMMIT_BYTES)) break;
    changes.delete(entry);
    batch.set(entry, isStored);
    if (isStored) entry.parts = parts.length;
    for (const [part, key] of partKeys(queue.root, entry).entries()) writes.push([key, parts[part]]);
  }
  const settled = [...batch.keys()].filter((entry) => !batch.get(entry) && saysSomething(entry));
  const said = settled.length > 0 ? await changesOf(queue.claim, settled, queue.entries) : undefined;
  if (said && said.again.length > 0) {
    // They are stored before what they follow is removed: the process may be killed between the two.
    const since = writer.changes;
    writer.changes = new Map();
    queue.sayAgain(said.again);
    writer.changes = new Map([...writer.changes, ...batch, ...since]);
    return;
  }
  const isNothing = writes.length + (said ? said.noted.length + said.over.length : 0) === 0;
  if (isNothing && settled.length > 0 && queue.claim.version === null) return;
  const result = await commitAs(
    queue.claim,
    (commit) => {
      if (said) writeChanges(commit, queue.claim.name, said);
      for (const [key, part] of writes) part ? commit.set(key, part) : commit.delete(key);
    },
    () => !isEmpty(writer),
    queue.isOver(),
  );
  if (result === "lost") lose(writer, batch);
  // Another process has noted something meanwhile.
  if (result === "refused") writer.changes = new Map([...batch, ...writer.changes]);
}

/** What was stored another process has; what was on its way there, and was not stored, is this one's to store anew. */
function lose(writer: Writer, batch: ReadonlyMap<Entry, boolean>): void {
  const { queue, inMemoryOnly } = writer;
  const kept = new Set<Entry>(inMemoryOnly);
  for (const [entry, isStored] of [...batch, ...writer.changes]) if (isStored) kept.add(entry);
  startAnew(queue.claim);
  writer.changes = new Map();
  queue.onLost(kept);
  for (const entry of queue.entries) {
    if (inMemoryOnly.has(entry)) continue;
    entry.lane = queue.claim.owner;
    entry.parts = 0;
    writer.changes.set(entry, true);
  }
}

function keepInMemory({ changes, inMemoryOnly, queue }: Writer, entry: Entry, size: number): void {
  changes.delete(entry);
  inMemoryOnly.add(entry);
  queue.onTrouble(`An operation of ${size} bytes is more than Deno KV takes: it is kept in memory only`);
}
