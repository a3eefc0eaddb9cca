/**
 * The last `identify()` of a user is the server's last word, in whatever order those of several processes arrive. What is
 * delivered while somebody may have an older one is noted; when an older one is delivered after all, what it has undone is said
 * again, in the order of the calls. Where notes stand is the outbox's affair.
 */
import type { Said } from "./said.ts";

/** What is known when identifies have been delivered. */
export interface Delivered<One extends Said = Said> {
  /** In the order in which they were delivered just now. */
  readonly settled: readonly One[];
  /** Noted before, of these users at least, in any order; what is settled may be among it. */
  readonly known: readonly One[];
  /** Stands in the queue still, and will be delivered anyway. */
  readonly waiting: readonly Said[];
  /** Somebody else may have one that is older. */
  readonly mayBeOlder: boolean;
}

export interface Consequences<One extends Said = Said> {
  /** To be put at the end of the queue, in this order. */
  readonly again: readonly One[];
  /** To be noted. */
  readonly noted: readonly One[];
  /** Users of whom nobody can have an older one any more: what is noted of them is of no use. */
  readonly over: readonly string[];
}

/** Of one user, so many are noted and said again: the newest. */
export const MAX_AGAIN = 10;
/** In UTF-16 code units: what says more is not noted. */
export const MAX_NOTED_LENGTH = 20_000;

export function consequencesOf<One extends Said>(delivered: Delivered<One>): Consequences<One> {
  const again: One[] = [];
  const noted: One[] = [];
  const over: string[] = [];
  for (const [user, its] of byUser(delivered)) {
    const waiting = new Set(its.waiting.map(({ saidAtMs }) => saidAtMs));
    // Those that wait are among the newest: in place of each of them an older one would come behind it, and undo it.
    const repeated = undone(its)
      .slice(-MAX_AGAIN)
      .filter(({ saidAtMs }) => !waiting.has(saidAtMs));
    const open = [...its.waiting, ...repeated];
    const oldestMs = open.reduce((ms, { saidAtMs }) => Math.min(ms, saidAtMs), Infinity);
    again.push(...repeated);
    for (const one of its.settled)
      if (one.body.length <= MAX_NOTED_LENGTH && (its.mayBeOlder || oldestMs < one.saidAtMs)) noted.push(one);
    if (!its.mayBeOlder && open.length === 0) over.push(user);
  }
  return { again, noted, over };
}

/** Of those who have something settled. In one walk each: a start may find the identifies of ten thousands. */
function byUser<One extends Said>({ settled, known, waiting, mayBeOlder }: Delivered<One>) {
  const users = new Map<string, { settled: One[]; known: One[]; waiting: Said[]; mayBeOlder: boolean }>();
  for (const { user } of settled) users.set(user, { settled: [], known: [], waiting: [], mayBeOlder });
  for (const one of settled) users.get(one.user)?.settled.push(one);
  for (const one of known) users.get(one.user)?.known.push(one);
  for (const one of waiting) users.get(one.user)?.waiting.push(one);
  return users;
}

/** What is newer than the oldest one that came late, and so may no longer hold, in the order of the calls. */
function undone<One extends Said>({ settled, known }: Delivered<One>): One[] {
  const before = new Map<number, One>(known.map((one) => [one.saidAtMs, one]));
  for (const { saidAtMs } of settled) before.delete(saidAtMs);
  let newestMs = -Infinity;
  for (const saidAtMs of before.keys()) newestMs = Math.max(newestMs, saidAtMs);
  let oldestMs = Infinity;
  for (const one of settled) {
    if (newestMs > one.saidAtMs) oldestMs = Math.min(oldestMs, one.saidAtMs);
    newestMs = Math.max(newestMs, one.saidAtMs);
    before.set(one.saidAtMs, one);
  }
  return [...before.values()]
    .filter(({ saidAtMs }) => saidAtMs > oldestMs)
    .sort((a, b) => a.saidAtMs - b.saidAtMs);
}
