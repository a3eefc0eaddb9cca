/**
 * An outbox in Deno KV, which outlives its process, a killed one too. Storage is asynchronous and the queue is not: what is
 * queued stands in memory, and every change is written at once, a few milliseconds later.
 */
import {
  type AppOutbox,
  arrived,
  type Client,
  callTime,
  checkOptionNames,
  conclude,
  describeThrown,
  mayHaveArrived,
  misuse,
  type Names,
  noAnswer,
  type Operation,
  printable,
  type SharedOutbox,
  sharing,
  transmit,
  withdraw,
} from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";
import type { KvKey, KvLike } from "./kv-api.ts";
import { type Claim, createClaim, isHeld, nameAfter } from "./kv-claim.ts";
import { type Entry, outboxKey, readQueues, readRecords } from "./kv-records.ts";
import type { Note } from "./kv-said.ts";
import { takeOver } from "./kv-takeover.ts";
import {
  confirm,
  createWriter,
  erase,
  saved,
  store,
  unstored,
  type Writer,
  type Written,
} from "./kv-writer.ts";

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

const OPTION_NAMES: Names<KvOutboxOptions> = { name: true, onError: true };

const MAX_NAME_LENGTH = 64;

/** Between two looks at whether a process has left something, where none was seen that may have. */
const LOOK_MS = 60_000;

/**
 * Opens the outbox, with everything in it that processes left that are gone. `kv` is what `await Deno.openKv()` gives, and
 * stays yours to close. Several processes may open the same: each has a queue of its own, which nobody else sends as long as it
 * lives. Rejects when the database cannot be read, or an option makes no sense.
 */
export async function openKvOutbox(kv: KvLike, options: KvOutboxOptions = {}): Promise<KvOutbox> {
  const { name = "default" } = options;
  if (typeof kv?.atomic !== "function") throw misuse("openKvOutbox() takes what Deno.openKv() gives");
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH)
    throw misuse(`name must be a string of 1 to ${MAX_NAME_LENGTH} characters`);
  checkOptionNames(options, OPTION_NAMES, "openKvOutbox()", console.warn);
  const root = outboxKey(name);
  const known = await readQueues(kv, root);
  const queue = createQueue(createClaim(kv, name, nameAfter(known.at(-1))), root, options.onError);
  const writer: Writer = createWriter({ ...queue, sayAgain: (notes) => sayAgain(writer, queue, notes) });
  await lookAgain(writer, queue, known);
  return createOutbox(writer, queue);
}

interface KvQueue extends Omit<Written, "sayAgain"> {
  readonly entries: Entry[];
  /** Queues that are this process's, and are still to be read. */
  unread: string[];
  /** The number of the next entry. */
  next: number;
  /** When the last call was. */
  saidAtMs: number;
  /** Undefined until it is made. */
  client: Client | undefined;
  /** The database was asked whether the queue is this process's, and has not answered. */
  isChecking: boolean;
}

function createQueue(claim: Claim, root: KvKey, onError: KvOutboxOptions["onError"]): KvQueue {
  const queue: KvQueue = {
    claim,
    root,
    entries: [],
    isOver: () => isOver(queue.client),
    onLost: (kept) => revoke(queue, kept),
    onTrouble: (message) => tell(onError, `[whisperr] ${message}`),
    unread: [],
    next: 0,
    saidAtMs: 0,
    client: undefined,
    isChecking: false,
  };
  return queue;
}

/** `shutdown()` has come to its end: nothing is sent any more. */
function isOver(client: Client | undefined): boolean {
  return client?.stopping === true && client.callers.length === 0 && !client.request;
}

/** Takes over what processes left that are gone. `known`: queues that are there. Answers when to look again, in ms. */
async function look(writer: Writer, queue: KvQueue, known?: readonly string[]): Promise<number> {
  const { claim } = queue;
  claim.isTaking = true;
  try {
    const { queues, nextMs } = await takeOver(claim, known);
    queue.unread.push(...queues);
    for (let lane = queue.unread[0]; lane !== undefined; lane = queue.unread[0])
      await read(writer, queue, lane);
    return Math.min(nextMs ?? LOOK_MS, LOOK_MS);
  } finally {
    claim.isTaking = queue.unread.length > 0;
    // From now on it is prolonged, or given back when there was nothing.
    if (claim.version !== null) void confirm(writer);
  }
}

/** What fails is tried again with the next look: what is recorded now does not wait for what others left. */
async function lookAgain(writer: Writer, queue: KvQueue, known?: readonly string[]): Promise<void> {
  if (queue.isOver()) return;
  const nextMs = await look(writer, queue, known).catch((error: unknown) => {
    if (known)
      queue.onTrouble(`What others left in Deno KV is not read yet: ${printable(describeThrown(error))}`);
    return LOOK_MS;
  });
  timers.set(() => void lookAgain(writer, queue), nextMs);
}

async function read(writer: Writer, queue: KvQueue, lane: string): Promise<void> {
  const { claim, root, entries } = queue;
  const { owner } = claim;
  const { entries: found, damaged } = await readRecords(claim.kv, root, lane);
  // It is another process's by now.
  if (claim.owner !== owner) return;
  queue.unread.shift();
  for (const entry of damaged) erase(writer, entry);
  if (damaged.length > 0)
    queue.onTrouble(`${damaged.length} stored operations were damaged, and are dropped`);
  for (const entry of found) entries.push(entry);
  if (queue.client && found.length > 0) arrived(queue.client, found.length);
}

/** Another process has everything that is stored, but for the `kept`. */
function revoke(queue: KvQueue, kept: ReadonlySet<Entry>): void {
  const { entries, client } = queue;
  queue.unread = [];
  for (let index = entries.length - 1; index >= 0; index--) {
    if (kept.has(entries[index] as Entry)) continue;
    entries.splice(index, 1);
    if (client) withdraw(client, index);
  }
}

function newEntry(queue: KvQueue, operation: Operation, saidAtMs: number): Entry {
  return { operation, lane: queue.claim.owner, number: queue.next++, parts: 0, saidAtMs };
}

/** They keep their time among the others, and are not calls of the app's. */
function sayAgain(writer: Writer, queue: KvQueue, notes: readonly Note[]): void {
  for (const { body, saidAtMs } of notes) {
    const entry = newEntry(queue, { kind: "identify", body }, saidAtMs);
    queue.entries.push(entry);
    store(writer, entry);
    if (queue.client) arrived(queue.client, 1);
  }
}

function createOutbox(writer: Writer, queue: KvQueue): KvOutbox {
  const { entries } = queue;
  const outbox: KvOutbox & SharedOutbox = {
    get size() {
      return entries.length;
    },
    append(operation: Operation) {
      queue.saidAtMs = callTime(queue.saidAtMs, nowMs());
      const entry = newEntry(queue, operation, queue.saidAtMs);
      entries.push(entry);
      store(writer, entry);
    },
    at: (index) => entries[index]?.operation,
    remove(offset, count) {
      const isUnheard = !mayHaveArrived(queue.client);
      for (const entry of entries.splice(offset, count)) {
        entry.isUnheard = isUnheard;
        erase(writer, entry);
      }
    },
    saved: () => saved(writer),
    [sharing]: {
      join(client) {
        queue.client = client;
      },
      maySend: () => maySend(writer, queue),
      unstored: () => unstored(writer),
    },
  };
  return outbox;
}

/** Before each request: a process that stood still asks first whether the queue is its own. */
function maySend(writer: Writer, queue: KvQueue): boolean {
  if (isHeld(queue.claim)) return true;
  if (!queue.isChecking) void check(writer, queue);
  return false;
}

async function check(writer: Writer, queue: KvQueue): Promise<void> {
  queue.isChecking = true;
  const answers = await confirm(writer);
  queue.isChecking = false;
  const { client } = queue;
  if (!client) return;
  if (answers) return void transmit(client);
  if (client.phase === "sending" && !client.request)
    conclude(client, noAnswer("Deno KV does not say whether the queue is this process's still"));
}

function tell(onError: ((error: Error) => void) | undefined, message: string): void {
  if (onError === undefined) return console.warn(message);
  try {
    onError(new Error(message));
  } catch {
    // The outbox must not throw, whatever an app's callback does.
  }
}
