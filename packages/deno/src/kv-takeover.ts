/**
 * What processes left that are gone. A lease that has run out says so, or one that nobody has changed for as long; who finds it
 * removes it, and writes its own name at all queues of that process, in one change. `kv-claim.ts` says what a lease is.
 */
import { nowMs } from "./clock.ts";
import type { KvEntry, KvKey, KvLike } from "./kv-api.ts";
import { type Claim, commitAs, LEASE_MS, leaseKey, MAX_QUEUES, ownerKey, type Seen } from "./kv-claim.ts";
import { outboxKey, readQueues } from "./kv-records.ts";

/** Clocks of two machines differ by less; and so much later than its owner others think that a lease has run out. */
const MARGIN_MS = 2_000;

const STRONG = { consistency: "strong" } as const;

/**
 * Has another process something stored, be it alive or not? A lease says so, until everything of it is settled; where an answer of the
 * database was lost there may be a queue without one.
 */
export async function hasOthers(claim: Claim): Promise<boolean> {
  const { kv, name, owner, isTaking, taken } = claim;
  const leases = await listed(kv, ["whisperr_lease", name]);
  leases.delete(owner);
  if (isTaking || leases.size > 0) return true;
  const queues = await readQueues(kv, outboxKey(name));
  return queues.some((queue) => queue !== owner && !taken.has(queue));
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
