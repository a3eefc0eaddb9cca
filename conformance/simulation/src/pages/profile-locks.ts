/** The Web Locks of a browser profile. Each page talks to it through a pipe of its own. */
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

interface LockRequest {
  readonly name: string;
  readonly holder: LockHolder;
  readonly answer: (isGranted: boolean) => void;
}

const MAX_LATENCY_MS = 2;

/** `releaseMs`: how long a busy browser may need to free the locks of a page that is gone. */
export function profileLocks(time: VirtualTime, random: SeededRandom, releaseMs: number): ProfileLocks {
  const holders = new Map<string, LockHolder>();
  /** Those that are waited for. */
  let queued: LockRequest[] = [];
  /** Requests that have not heard of their answer yet. */
  const open = new Set<LockRequest>();

  function connect(holder: LockHolder): LockManager {
    let lastArrivalMs = 0;

    /** Messages of one page arrive in the order they were sent. */
    function send(task: () => void): void {
      lastArrivalMs = Math.max(lastArrivalMs, time.elapsedMs + random.between(0, MAX_LATENCY_MS));
      time.after(lastArrivalMs - time.elapsedMs, task);
    }

    function request(name: string, { ifAvailable, signal }: LockOptions, callback: Callback): void {
      const one: LockRequest = {
        name,
        holder,
        answer: (isGranted) =>
          void time.after(random.between(0, MAX_LATENCY_MS), () => {
            open.delete(one);
            if (holder.isFrozen) holder.die();
            if (!holder.isAlive) return;
            const held = callback(isGranted ? { name, mode: "exclusive" } : null);
            if (isGranted) void Promise.resolve(held).then(() => send(() => release(name, holder)));
          }),
      };
      open.add(one);
      send(() => {
        if (!ifAvailable && holder.isAlive) {
          queued.push(one);
          grantNext(name);
        } else if (holder.isAlive && !holders.has(name)) grant(one);
        else one.answer(false);
      });
      signal?.addEventListener("abort", () =>
        send(() => {
          if (queued.includes(one)) open.delete(one);
          queued = queued.filter((other) => other !== one);
        }),
      );
    }

    const manager = {
      request(name: string, options: LockOptions, callback: Callback): Promise<unknown> {
        if (!locks.isSilent) request(name, options, callback);
        return new Promise((_resolve, reject) => {
          options.signal?.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
        });
      },
    };
    return manager as unknown as LockManager;
  }

  function grant(request: LockRequest): void {
    holders.set(request.name, request.holder);
    request.answer(true);
  }

  function grantNext(name: string): void {
    if (holders.has(name)) return;
    const next = queued.find((one) => one.name === name);
    if (next === undefined) return;
    queued = queued.filter((one) => one !== next);
    grant(next);
  }

  function release(name: string, holder: LockHolder): void {
    if (holders.get(name) !== holder) return;
    holders.delete(name);
    grantNext(name);
  }

  const locks: ProfileLocks = {
    isSilent: false,
    connect,
    disconnect(holder, isLate) {
      queued = queued.filter((one) => one.holder !== holder);
      for (const name of [...holders.keys()]) {
        if (isLate && releaseMs > 0) time.after(random.between(0, releaseMs), () => release(name, holder));
        else release(name, holder);
      }
    },
    concerns: (holder) =>
      [...open].some((one) => one.holder === holder) || [...holders.values()].includes(holder),
  };
  return locks;
}
