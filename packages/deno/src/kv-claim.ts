/**
 * Who may send what stands in Deno KV. Each process has a queue of its own there, and a lease with that queue's name for as long
 * as something stands in it: `["whisperr_lease", name, owner]`, until when. Every change it makes is made only if the lease is as the
 * process left it, and prolongs it. Whoever finds a lease that has run out removes it, and writes its own name at all queues of
 * that process, in one change: `["whisperr_owner", name, queue]`. The process that stood still finds its lease gone with the next
 * change it tries, and tries one before it sends. A name is never used again.
 */
import { describeThrown } from "@whisperr/core";
import { holdingTimers, nowMs } from "./clock.ts";
import type { KvAtomic, KvKey, KvLike } from "./kv-api.ts";

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

export interface Seen {
  readonly version: string | null;
  readonly elapsedMs: number;
}

interface Moment {
  readonly wallMs: number;
  readonly elapsedMs: number;
}

/** A process that stood still for longer may have lost its queue. */
export const LEASE_MS = 10_000;
/** As often a lease is prolonged of which nothing else is changed meanwhile. */
export const RENEW_MS = LEASE_MS / 3;
/** Deno KV takes 100 checks at once. */
export const MAX_QUEUES = 40;
/** How often a commit is tried that finds the database locked by another process, and how long apart at most. */
const MAX_LOCKED = 40;
const LOCKED_MS = 50;

const STRONG = { consistency: "strong" } as const;

export const leaseKey = (name: string, owner: string): KvKey => ["whisperr_lease", name, owner];
export const ownerKey = (name: string, queue: string): KvKey => ["whisperr_owner", name, queue];

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

/** Another process has all of it: what comes now is of a process with a new name. */
export function startAnew(claim: Claim): void {
  claim.owner = nameAfter(claim.owner);
  claim.version = null;
  claim.until = undefined;
  claim.taken.clear();
}
