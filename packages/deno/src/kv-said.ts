/**
 * The notes in Deno KV: what a delivered `identify()` said, while other processes have something queued that may be older:
 * `["whisperr_said", name, user, when, queue]`. Whoever settles an older one says the newer ones again; which these are core knows.
 * `["whisperr_said", name]` changes with each note, so that none is overlooked.
 */
import { consequencesOf, type IdentifyOperation, type Operation, type Said, saidBy } from "@whisperr/core";
import type { KvAtomic, KvKey, KvLike } from "./kv-api.ts";
import type { Claim } from "./kv-claim.ts";
import type { Entry } from "./kv-records.ts";
import { hasOthers } from "./kv-takeover.ts";

export interface Note extends Said {
  readonly key: KvKey;
  /** Of the change that noted it; absent of one that is not noted yet. */
  readonly version?: string | null;
}

/** What follows when identifies are settled. */
export interface Changes {
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
/** Deno KV takes keys of 2 KiB; values of 64 KiB, which no note is longer than. */
const MAX_USER_LENGTH = 250;

const STRONG = { consistency: "strong" } as const;
const versionKey = (name: string): KvKey => ["whisperr_said", name];

export const isIdentify = (operation: Operation): operation is IdentifyOperation =>
  operation.kind === "identify";

/** Rejects when the database cannot be read. */
export async function changesOf(
  claim: Claim,
  entries: readonly Entry[],
  waiting: readonly Entry[],
): Promise<Changes> {
  const { kv, name } = claim;
  const settled = entries.flatMap((entry) => noteOf(name, entry));
  const users = new Set(settled.map(({ user }) => user));
  // Now: one that is delivered while the database is read is not among the settled either, and would be nowhere.
  const open = waitingOf(name, waiting, users);
  const { versionstamp } = await kv.get(versionKey(name), STRONG);
  const mayBeOlder = await hasOthers(claim);
  const known: Note[] = [];
  for (const user of users) known.push(...(await read(kv, name, user)));
  const since = known.filter((note) => mayBeLater(claim, entries, note));
  const { again, noted, over } = consequencesOf({
    // Before or after: what is newer than these is said again, and so are these where they are newer.
    settled: [...since, ...settled, ...since],
    known,
    waiting: open,
    mayBeOlder,
  });
  return {
    again,
    noted: noted.filter((note) => !since.includes(note)),
    over: known.filter(({ user }) => over.includes(user)),
    version: versionstamp,
  };
}

/** Another process has noted it since one of `entries` was settled, as far as that is known: it may have arrived after that. */
function mayBeLater({ owner, taken }: Claim, entries: readonly Entry[], { key, version }: Note): boolean {
  const lane = String(key.at(-1));
  if (lane === owner || taken.has(lane)) return false;
  return entries.some(({ settledAfter }) => String(version) > (settledAfter ?? ""));
}

/** Part of the change that removes what is settled. */
export function writeChanges(commit: KvAtomic, name: string, { noted, over, version }: Changes): void {
  commit.check({ key: versionKey(name), versionstamp: version });
  for (const { key } of over) commit.delete(key);
  for (const { key, body } of noted) commit.set(key, body, { expireIn: KEPT_MS });
  if (noted.length > 0) commit.set(versionKey(name), "", { expireIn: KEPT_MS });
}

function waitingOf(name: string, waiting: readonly Entry[], users: ReadonlySet<string>): Note[] {
  const texts = [...users].map((user) => JSON.stringify(user).slice(0, -1));
  return (
    waiting
      // Most are of others, and need not be parsed.
      .filter(({ operation }) => isIdentify(operation) && texts.some((text) => operation.body.includes(text)))
      .flatMap((entry) => noteOf(name, entry))
  );
}

/** None of an event. */
function noteOf(name: string, { operation, saidAtMs, lane }: Entry): Note[] {
  const said = saidBy(operation, saidAtMs);
  if (said === undefined) return [];
  const user = said.user.slice(0, MAX_USER_LENGTH);
  return [{ ...said, user, key: ["whisperr_said", name, user, saidAtMs, lane] }];
}

/** Oldest first. */
async function read(kv: KvLike, name: string, user: string): Promise<Note[]> {
  const notes: Note[] = [];
  for await (const { key, value, versionstamp } of kv.list({ prefix: ["whisperr_said", name, user] }, STRONG))
    notes.push({
      key: key as KvKey,
      user,
      saidAtMs: Number(key[3]),
      body: String(value),
      version: versionstamp,
    });
  return notes;
}
