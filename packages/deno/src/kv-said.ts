/**
 * The last `identify()` of a user is the server's last word, in whatever order those of several processes arrive: what is settled
 * while others have something queued is noted, `["whisperr_said", name, user, when, queue]`, and whoever settles an older one says
 * the newer ones again. `["whisperr_said", name]` changes with each note, so that none is overlooked.
 */
import type { IdentifyOperation, Operation } from "@whisperr/core";
import type { KvAtomic, KvKey, KvLike } from "./kv-api.ts";
import { type Claim, hasOthers } from "./kv-claim.ts";
import type { Entry } from "./kv-records.ts";

export interface Note {
  readonly key: KvKey;
  readonly user: string;
  readonly saidAtMs: number;
  readonly body: string;
}

/** What follows when identifies are settled. */
export interface Consequences {
  /** To be noted. */
  readonly noted: readonly Note[];
  /** Nobody can have an older one any more. */
  readonly over: readonly Note[];
  /** Newer ones, to be said again in this order. */
  readonly again: readonly Note[];
  /** Nothing was noted by others since this was found out, or it is to be found out again. */
  readonly version: string | null;
}

/** Traits and addresses are kept no longer. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Deno KV takes values of 64 KiB, and keys of 2 KiB. */
const MAX_BODY_LENGTH = 20_000;
const MAX_USER_LENGTH = 250;
/** Of one user, as many as are said again. */
const MAX_AGAIN = 10;

const STRONG = { consistency: "strong" } as const;
const versionKey = (name: string): KvKey => ["whisperr_said", name];

export const isIdentify = (operation: Operation): operation is IdentifyOperation =>
  operation.kind === "identify";

const userOf = ({ body }: IdentifyOperation): string =>
  String((JSON.parse(body) as { external_user_id?: unknown }).external_user_id).slice(0, MAX_USER_LENGTH);

/** Rejects when the database cannot be read. */
export async function consequencesOf(
  claim: Claim,
  settled: readonly Entry[],
  waiting: readonly Entry[],
): Promise<Consequences> {
  const { kv, name } = claim;
  const { versionstamp } = await kv.get(versionKey(name), STRONG);
  const others = await hasOthers(claim);
  const noted: Note[] = [];
  const over: Note[] = [];
  const again: Note[] = [];
  for (const entry of settled) {
    const note = noteOf(name, entry);
    const { user, saidAtMs } = note;
    const text = JSON.stringify(user).slice(0, -1);
    const its = waiting
      // Most are of others, and need not be parsed.
      .filter(({ operation }) => isIdentify(operation) && operation.body.includes(text))
      .map((one) => noteOf(name, one))
      .filter((one) => one.user === user);
    const known = [...(await read(kv, name, user)), ...noted.filter((one) => one.user === user)];
    // What waits here behind it anyway is not said once more.
    const waits = new Set([...its, ...again].map((one) => one.saidAtMs));
    const newer = known.filter((one) => one.saidAtMs > saidAtMs && !waits.has(one.saidAtMs));
    again.push(...newer.slice(-MAX_AGAIN));
    const isNeeded = others || its.some((one) => one.saidAtMs < saidAtMs);
    if (isNeeded && note.body.length <= MAX_BODY_LENGTH) noted.push(note);
    else if (its.length + again.length === 0) over.push(...known);
  }
  return { noted, over, again, version: versionstamp };
}

/** Part of the change that removes what is settled. */
export function writeConsequences(
  commit: KvAtomic,
  name: string,
  { noted, over, version }: Consequences,
): void {
  commit.check({ key: versionKey(name), versionstamp: version });
  for (const { key } of over) commit.delete(key);
  for (const { key, body } of noted) commit.set(key, body, { expireIn: KEPT_MS });
  if (noted.length > 0) commit.set(versionKey(name), "", { expireIn: KEPT_MS });
}

function noteOf(name: string, { operation, saidAtMs, lane }: Entry): Note {
  const user = userOf(operation as IdentifyOperation);
  const key = ["whisperr_said", name, user, saidAtMs, lane];
  return { key, user, saidAtMs, body: (operation as IdentifyOperation).body };
}

/** Oldest first. */
async function read(kv: KvLike, name: string, user: string): Promise<Note[]> {
  const notes: Note[] = [];
  for await (const { key, value } of kv.list({ prefix: ["whisperr_said", name, user] }, STRONG))
    notes.push({ key: key as KvKey, user, saidAtMs: Number(key[3]), body: String(value) });
  return notes;
}
