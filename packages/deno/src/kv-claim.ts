/**
 * Who may send what stands in Deno KV. Each process has a queue of its own there, and a lease with that queue's name for as long
 * as something stands in it: `["whisperr_lease", name, owner]`, until when. Every change it makes is made only if the lease is as the
 * process left it, and prolongs it. Whoever finds a lease that has run out removes it, and writes its own name at all queues of
 * that process, in one change: `["whisperr_owner", name, queue]`. The process that stood still finds its lease gone with the next
 * change it tries, and tries one before it sends. A name is never used again.
 */
import { describeThrown } from "@whisperr/core";
import { holdingTimers, nowMs } from "./clock.ts";
import type { KvAtomic, KvEntry, KvKey, KvLike } from "./kv-api.ts";

export interface Claim {
  readonly kv: KvLike;
  /** Which outbox of this database. */
  readonly name: string;
  /** This process, and the queue it writes. */
  owner: string;
  /** Of the lease, as this process left it; null when it has none, for nothing of it is stored. */
  version: string | null;
  /** Until when nobody else takes the queue, by both clocks: one may be set, the other may stop with the machine. */
  until: Moment | undefined;
  /** The queues of other processes that are this one's now. */
  readonly taken: Set<string>;
  /** Leases of others as they were first seen, by owner. One that does not change is of a process that is gone, whatever clocks say. */
  seen: Map<string, Seen>;
  /** What was taken over last is not read yet. */
  isTaking: boolean;
  /** Its changes come one after the other: each checks what the last one left. */
  last: Promise<unknown>;
}

interface Seen {
  readonly version: string | null;
  readonly elapsedMs: number;
}

interface Moment {
  readonly wallMs: number;
  readonly elapsedMs: number;
}

/** A process that stood still for longer may have lost its queue. */
const LEASE_MS = 10_000;
/** As often a lease is prolonged of which nothing else is changed meanwhile. */
export const RENEW_MS = LEASE_MS / 3;
/** Clocks of two machines differ by less; and so much later than its owner others think that a lease has run out. */
const MARGIN_MS = 2_000;
/** Deno KV takes 100 checks at once. */
const MAX_QUEUES = 40;
/** How often a commit is tried that finds the database locked by another process, and how long apart at most. */
const MAX_LOCKED = 40;
const LOCKED_MS = 50;

const STRONG = { consistency: "strong" } as const;

const leaseKey = (name: string, owner: string): KvKey => ["whisperr_lease", name, owner];
const ownerKey = (name: string, queue: string): KvKey => ["whisperr_owner", name, queue];

export function createClaim(kv: KvLike, name: string, owner: string): Claim {
  return {
    kv,
    name,
    owner,
    version: null,
    until: undefined,
    taken: new Set(),
    seen: new Map(),
    isTaking: false,
    last: Promise.resolve(),
  };
}

/** Later than `last`, whatever the clock says; random at its end, in case two processes start at once. */
export function nameAfter(last: string | undefined): string {
  const stamp = Math.max(nowMs(), (Number.parseInt((last ?? "").slice(0, 9), 36) || 0) + 1);
  return stamp.toString(36).padStart(9, "0") + crypto.randomUUID().slice(0, 8);
}

/** Is what stands in the database certainly this process's? Also when nothing of it stands there. */
export function isHeld({ until }: Claim): boolean {
  // A clock that tells no time says nothing against it.
  return until === undefined || !(nowMs() >= until.wallMs || performance.now() >= until.elapsedMs);
}

/**
 * Makes a change, if this process still has its queue. `keeps`: something of it is stored afterwards. `lets`: another one may
 * take it at once. Answers what happened: `"refused"` is the change's own checks, and `"lost"` that another process has the queue.
 * Rejects when the database fails; then it may have happened.
 */
export function commitAs(
  claim: Claim,
  change: (commit: KvAtomic) => void,
  keeps: () => boolean,
  lets = false,
): Promise<"made" | "refused" | "lost"> {
  const result = claim.last.then(() => commitNow(claim, change, keeps(), lets));
  claim.last = result.catch(() => {});
  return result;
}

async function commitNow(
  claim: Claim,
  change: (commit: KvAtomic) => void,
  keeps: boolean,
  lets: boolean,
): Promise<"made" | "refused" | "lost"> {
  const { kv, name, owner, taken } = claim;
  const isNew = claim.version === null;
  for (;;) {
    const { version } = claim;
    const until = { wallMs: lets ? 0 : nowMs() + LEASE_MS, elapsedMs: performance.now() + LEASE_MS };
    claim.until ??= until;
    const result = await unlocked(() => {
      const commit = kv.atomic();
      commit.check({ key: leaseKey(name, owner), versionstamp: version });
      // A lease that this process does not know of may have come, and gone to another one.
      commit.check({ key: ownerKey(name, owner), versionstamp: null });
      if (keeps) commit.set(leaseKey(name, owner), until.wallMs);
      else if (version !== null) commit.delete(leaseKey(name, owner));
      // What is left of a great many, the next process finds empty.
      if (!keeps) for (const queue of [...taken].slice(0, MAX_QUEUES)) commit.delete(ownerKey(name, queue));
      change(commit);
      return commit.commit();
    }).catch((error: unknown) => {
      if (isNew) claim.until = undefined;
      throw error;
    });
    if (result.ok) {
      claim.version = keeps ? result.versionstamp : null;
      claim.until = keeps ? until : undefined;
      if (!keeps) taken.clear();
      return "made";
    }
    const [lease, other] = await Promise.all([
      kv.get(leaseKey(name, owner), STRONG),
      kv.get(ownerKey(name, owner), STRONG),
    ]);
    if (other.versionstamp !== null || (version !== null && lease.versionstamp === null)) return "lost";
    if (lease.versionstamp === version) {
      if (isNew) claim.until = undefined;
      return "refused";
    }
    // A change of which nobody heard that it was made: only this process writes this lease.
    claim.version = lease.versionstamp;
  }
}

/** A local database takes one process at a time, and does not let the others wait. */
async function unlocked<T>(commit: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await commit();
    } catch (error) {
      if (attempt === MAX_LOCKED || !/database is locked/.test(describeThrown(error))) throw error;
      await new Promise<void>((resolve) => void holdingTimers.set(resolve, Math.random() * LOCKED_MS));
    }
  }
}

/** Has another process something stored, be it alive or not? A lease says so, until everything of it is settled. */
export async function hasOthers(claim: Claim): Promise<boolean> {
  const { kv, name, owner, isTaking } = claim;
  const leases = await listed(kv, ["whisperr_lease", name]);
  leases.delete(owner);
  return isTaking || leases.size > 0;
}

/** Another process has all of it: what comes now is of a process with a new name. */
export function startAnew(claim: Claim): void {
  claim.owner = nameAfter(claim.owner);
  claim.version = null;
  claim.until = undefined;
  claim.taken.clear();
}

export interface Look {
  /** Queues that are this process's from now on, in the order they were begun. */
  readonly queues: readonly string[];
  /** When the first lease of the others runs out, in ms from now; undefined when they have none. */
  readonly nextMs: number | undefined;
}

/**
 * Takes over what processes left that are gone, `known` queues among them. Whole or not at all: a process that is not the first
 * gets nothing. Rejects when the database cannot be read.
 */
export async function takeOver(claim: Claim, known: readonly string[] = []): Promise<Look> {
  const { kv, name } = claim;
  const owners = await listed(kv, ["whisperr_owner", name]);
  const leases = await listed(kv, ["whisperr_lease", name]);
  claim.seen = new Map([...leases].map(([owner, lease]) => [owner, firstSeen(claim, owner, lease)]));
  const byOwner = new Map<string, string[]>();
  for (const queue of new Set([...known, ...owners.keys(), ...leases.keys()])) {
    const owner = String(owners.get(queue)?.value ?? queue);
    // What it has taken over, and has not heard that it has, it takes again.
    if (queue !== claim.owner && !claim.taken.has(queue))
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), queue]);
  }
  const queues: string[] = [];
  let nextMs: number | undefined;
  for (const [owner, its] of byOwner) {
    const lease = owner === claim.owner ? undefined : leases.get(owner);
    const leftMs = lease ? left(lease, claim.seen.get(owner)?.elapsedMs ?? 0) : 0;
    if (leftMs > 0) nextMs = Math.min(nextMs ?? leftMs, leftMs);
    else queues.push(...(await take(claim, owner, its.sort(), owners, lease)));
  }
  return { queues: queues.sort(), nextMs };
}

function firstSeen({ seen }: Claim, owner: string, { versionstamp }: KvEntry): Seen {
  const before = seen.get(owner);
  return before?.version === versionstamp ? before : { version: versionstamp, elapsedMs: performance.now() };
}

/** Until a lease has run out for others than its owner, in ms; not positive when it has. */
function left({ value }: KvEntry, sinceMs: number): number {
  const byClock = Number(value) + MARGIN_MS - nowMs();
  const bySight = sinceMs + LEASE_MS + MARGIN_MS - performance.now();
  // Its owner's clock may have been far ahead of this one; and somebody else may have written what is no time.
  return Math.min(byClock || 0, bySight);
}

/** Those of `queues` that are this process's now: all, or none where another one was faster. */
async function take(
  claim: Claim,
  owner: string,
  queues: readonly string[],
  owners: ReadonlyMap<string, KvEntry>,
  lease: KvEntry | undefined,
): Promise<string[]> {
  const { name } = claim;
  const mine: string[] = [];
  let version = lease?.versionstamp ?? null;
  for (let from = 0; from < queues.length; from += MAX_QUEUES) {
    const some = queues.slice(from, from + MAX_QUEUES);
    const result = await commitAs(
      claim,
      (commit) => {
        if (owner !== claim.owner) commit.check({ key: leaseKey(name, owner), versionstamp: version });
        if (version !== null) commit.delete(leaseKey(name, owner));
        for (const queue of some) {
          const key = ownerKey(name, queue);
          commit.check({ key, versionstamp: owners.get(queue)?.versionstamp ?? null });
          commit.set(key, claim.owner);
        }
      },
      () => true,
    );
    if (result !== "made") break;
    version = null;
    mine.push(...some);
    for (const queue of some) claim.taken.add(queue);
  }
  return mine;
}

/** By the last part of their keys. */
async function listed(kv: KvLike, prefix: KvKey): Promise<Map<string, KvEntry>> {
  const found = new Map<string, KvEntry>();
  for await (const entry of kv.list({ prefix }, STRONG)) found.set(String(entry.key[prefix.length]), entry);
  return found;
}
