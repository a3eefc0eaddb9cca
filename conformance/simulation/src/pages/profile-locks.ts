/** The Web Locks of a browser profile, as far as `ifAvailable` requests go. Each page talks to it through a pipe of its own. */
import type { SeededRandom } from "../seeded-random.ts";
import type { VirtualTime } from "../virtual-time.ts";

/** A page as far as locks are concerned. */
export interface LockHolder {
  readonly isAlive: boolean;
  /** Frozen pages hear nothing, and do not stay when they get a lock. */
  readonly isFrozen: boolean;
  die(): void;
}

export interface ProfileLocks {
  /** Takes requests and answers none of them any more. */
  isSilent: boolean;
  connect(holder: LockHolder): LockManager;
  /** The page is gone, and so are its locks, at once or a little later. */
  disconnect(holder: LockHolder, isLate: boolean): void;
  /** Does it have a lock, or wait for one? */
  concerns(holder: LockHolder): boolean;
}

type Callback = (lock: Lock | null) => Promise<unknown> | undefined;

const MAX_LATENCY_MS = 2;

/** `releaseMs`: how long a busy browser may need to free the locks of a page that is gone. */
export function profileLocks(time: VirtualTime, random: SeededRandom, releaseMs: number): ProfileLocks {
  const holders = new Map<string, LockHolder>();
  const waiting = new Map<LockHolder, number>();

  function connect(holder: LockHolder): LockManager {
    let lastArrivalMs = 0;

    /** Messages of one page arrive in the order they were sent. */
    function send(task: () => void): void {
      lastArrivalMs = Math.max(lastArrivalMs, time.elapsedMs + random.between(0, MAX_LATENCY_MS));
      time.after(lastArrivalMs - time.elapsedMs, task);
    }

    function request(name: string, callback: Callback): void {
      waiting.set(holder, (waiting.get(holder) ?? 0) + 1);
      send(() => {
        const isFree = holder.isAlive && !holders.has(name);
        if (isFree) holders.set(name, holder);
        time.after(random.between(0, MAX_LATENCY_MS), () => {
          waiting.set(holder, (waiting.get(holder) ?? 1) - 1);
          answer(name, isFree, callback);
        });
      });
    }

    function answer(name: string, isFree: boolean, callback: Callback): void {
      if (holder.isFrozen) holder.die();
      if (!holder.isAlive) return;
      const held = callback(isFree ? { name, mode: "exclusive" } : null);
      if (isFree) void Promise.resolve(held).then(() => send(() => release(name, holder)));
    }

    const manager = {
      request(name: string, _options: object, callback: Callback): Promise<unknown> {
        if (!locks.isSilent) request(name, callback);
        return new Promise(() => {});
      },
    };
    return manager as unknown as LockManager;
  }

  function release(name: string, holder: LockHolder): void {
    if (holders.get(name) === holder) holders.delete(name);
  }

  const locks: ProfileLocks = {
    isSilent: false,
    connect,
    disconnect(holder, isLate) {
      for (const name of holders.keys()) {
        if (isLate && releaseMs > 0) time.after(random.between(0, releaseMs), () => release(name, holder));
        else release(name, holder);
      }
    },
    concerns: (holder) => (waiting.get(holder) ?? 0) > 0 || [...holders.values()].includes(holder),
  };
  return locks;
}
