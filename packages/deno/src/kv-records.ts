/**
 * How operations stand in Deno KV: `["whisperr", name, lane, number, part]`, the JSON text of an operation in UTF-8, in as
 * many parts as its length takes. Every process writes a lane of its own, so that several on one database never overwrite
 * each other; lanes sort by the time they were begun, so that the keys are in the order of the calls.
 */
import { type Operation, parseOperation } from "@whisperr/core";
import type { KvKey, KvLike } from "./kv-api.ts";

/** An operation and where it is stored, or is to be. */
export interface Entry {
  readonly operation: Operation;
  readonly lane: string;
  readonly number: number;
  /** Parts it is stored in; 0 while it is in memory only. */
  parts: number;
}

export interface StoredRecords {
  /** In the order of the calls. */
  readonly entries: Entry[];
  /** What is stored there, but is no operation that could be sent. */
  readonly damaged: Entry[];
  /** The name for the lane of this process, later than every lane there is. */
  readonly nextLane: string;
}

/** Deno KV takes values of 64 KiB with some bytes around them. */
const PART_BYTES = 60 * 1024;
/** Entries per read; Deno KV takes 1 to 1,000. */
const READ_SIZE = 500;
/** In the place of an operation that could not be read. */
const NOTHING: Operation = { kind: "identify", body: "{}" };

const encoder = new TextEncoder();

/** `name`: which outbox of this database. */
export const outboxKey = (name: string): KvKey => ["whisperr", name];

export function partKeys(root: KvKey, { lane, number, parts }: Entry): KvKey[] {
  return Array.from({ length: parts }, (_none, part) => [...root, lane, number, part]);
}

export function encodeParts(operation: Operation): Uint8Array[] {
  const bytes = encoder.encode(JSON.stringify(operation));
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES)
    parts.push(bytes.slice(from, from + PART_BYTES));
  return parts;
}

/** Everything that earlier processes, or other ones, have not delivered. Rejects when the database cannot be read. */
export async function readRecords(kv: KvLike, root: KvKey, nowMs: number): Promise<StoredRecords> {
  const found: { lane: string; number: number; chunks: Uint8Array[] }[] = [];
  for await (const { key, value } of kv.list({ prefix: root }, { batchSize: READ_SIZE })) {
    const lane = String(key[root.length]);
    const number = Number(key[root.length + 1]);
    const last = found.at(-1);
    const chunk = value instanceof Uint8Array ? value : new Uint8Array();
    if (last?.lane === lane && last.number === number) last.chunks.push(chunk);
    else found.push({ lane, number, chunks: [chunk] });
  }
  const entries: Entry[] = [];
  const damaged: Entry[] = [];
  for (const { lane, number, chunks } of found) {
    const operation = parseOperation(decode(chunks));
    const place = { lane, number, parts: chunks.length };
    if (operation === undefined) damaged.push({ ...place, operation: NOTHING });
    else entries.push({ ...place, operation });
  }
  return { entries, damaged, nextLane: laneAfter(found.at(-1)?.lane, nowMs) };
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}

/** Later than every lane there is, whatever the clock says; random at its end, in case two processes start at once. */
function laneAfter(last: string | undefined, nowMs: number): string {
  const stamp = Math.max(nowMs, (Number.parseInt((last ?? "").slice(0, 9), 36) || 0) + 1);
  return stamp.toString(36).padStart(9, "0") + crypto.randomUUID().slice(0, 8);
}
