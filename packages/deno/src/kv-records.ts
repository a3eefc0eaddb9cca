/**
 * How operations stand in Deno KV: `["whisperr", name, lane, number, part]`, the JSON text of an operation in UTF-8, in as
 * many parts as its length takes. Every process writes a lane of its own, its queue, so that several on one database never
 * overwrite each other; lanes sort by the time they were begun, so that the keys are in the order of the calls.
 */
import { type Operation, parseOperation, timeIn, withTime } from "@whisperr/core";
import type { KvKey, KvLike } from "./kv-api.ts";

/** An operation and where it is stored, or is to be. */
export interface Entry {
  readonly operation: Operation;
  /** The queue it stands in. */
  lane: string;
  number: number;
  /** Parts it is stored in; 0 while it is in memory only. */
  parts: number;
  /** When an `identify()` was called, ms since 1970; those of one user that wait in several queues are told apart by it. */
  readonly saidAtMs: number;
  /** Once it is settled: the version that this process had given its lease last. What others noted since may have arrived later. */
  settledAfter?: string | null;
  /** It was refused, or made room for others: what it would say of a user nobody has heard. */
  isUnheard?: boolean;
}

export interface StoredRecords {
  /** In the order of the calls. */
  readonly entries: Entry[];
  /** What is stored there, but is no operation that could be sent. */
  readonly damaged: Entry[];
}

/** Deno KV takes values of 64 KiB with some bytes around them. */
const PART_BYTES = 60 * 1024;
/** Entries per read; Deno KV takes 1 to 1,000. */
const READ_SIZE = 500;
/** In the place of an operation that could not be read. */
const NOTHING: Operation = { kind: "identify", body: "{}" };

const STRONG = { consistency: "strong" } as const;

const encoder = new TextEncoder();

/** `name`: which outbox of this database. */
export const outboxKey = (name: string): KvKey => ["whisperr", name];

export function partKeys(root: KvKey, { lane, number, parts }: Entry): KvKey[] {
  return Array.from({ length: parts }, (_none, part) => [...root, lane, number, part]);
}

export function encodeParts({ operation, saidAtMs }: Entry): Uint8Array[] {
  const bytes = encoder.encode(JSON.stringify(withTime(operation, saidAtMs)));
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES)
    parts.push(bytes.slice(from, from + PART_BYTES));
  return parts;
}

/** The queues in which something is stored, in the order they were begun. Rejects when the database cannot be read. */
export async function readQueues(kv: KvLike, root: KvKey): Promise<string[]> {
  const lanes: string[] = [];
  for (;;) {
    // Behind everything of the last one: what stands in a queue need not be read to know that there is one.
    const selector =
      lanes.length === 0 ? { prefix: root } : { prefix: root, start: [...root, `${lanes.at(-1)}\u0000`] };
    const before = lanes.length;
    for await (const { key } of kv.list(selector, { ...STRONG, limit: 1 }))
      lanes.push(String(key[root.length]));
    if (lanes.length === before) return lanes;
  }
}

/** Everything that stands in a queue, in the order of the calls. Rejects when the database cannot be read. */
export async function readRecords(kv: KvLike, root: KvKey, lane: string): Promise<StoredRecords> {
  const found: { number: number; chunks: Uint8Array[] }[] = [];
  const selector = { prefix: [...root, lane] };
  for await (const { key, value } of kv.list(selector, { ...STRONG, batchSize: READ_SIZE })) {
    const number = Number(key[root.length + 1]);
    const last = found.at(-1);
    const chunk = value instanceof Uint8Array ? value : new Uint8Array();
    if (last?.number === number) last.chunks.push(chunk);
    else found.push({ number, chunks: [chunk] });
  }
  const entries: Entry[] = [];
  const damaged: Entry[] = [];
  for (const { number, chunks } of found) {
    const operation = parseOperation(decode(chunks));
    const place = { lane, number, parts: chunks.length, saidAtMs: saidAt(operation, lane) };
    if (operation === undefined) damaged.push({ ...place, operation: NOTHING });
    else entries.push({ ...place, operation });
  }
  return { entries, damaged };
}

/** One of an earlier version does not say so: not before its queue was begun. */
function saidAt(operation: object | undefined, lane: string): number {
  return timeIn(operation) ?? (Number.parseInt(lane.slice(0, 9), 36) || 0);
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
