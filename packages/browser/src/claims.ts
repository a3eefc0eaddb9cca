/**
 * Which lanes belong to living pages. A page holds a claim on its lane for as long as it lives, so a lane that can be
 * claimed belongs to a page that is gone, and exactly one page gets it.
 */
import type { Timers } from "@whisperr/core";
import { laneOf, RECORD } from "./outbox.ts";
import type { Storage } from "./storage.ts";

export interface Claims {
  /** A living page never loses one. */
  readonly areLasting: boolean;
  claim(lane: string): Claim;
}

export interface Claim {
  /** False when another page has the lane. */
  readonly granted: Promise<boolean>;
  /** Also before it is granted. */
  end(): void;
}

/** Browsers are known that forget a request: waiting on for them would mean that nothing is ever sent. */
const LOCK_ANSWER_MS = 10_000;

/** The browser ends the claims of a page together with the page, however that happens. */
export function webLockClaims(locks: LockManager, prefix: string, timers: Timers): Claims {
  return {
    areLasting: true,
    claim(lane) {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let timer: unknown;
      const granted = new Promise<boolean>((resolve) => {
        // Where locks are refused altogether, or not answered, nobody else has one either.
        const without = () => resolve(true);
        timer = timers.set(without, LOCK_ANSWER_MS);
        const hold = (lock: Lock | null) => {
          resolve(lock !== null);
          return lock && released;
        };
        locks.request(prefix + lane, { ifAvailable: true }, hold).catch(without);
      });
      const settled = () => timers.clear(timer);
      void granted.then(settled);
      return {
        granted,
        end() {
          settled();
          release();
        },
      };
    },
  };
}

const CLAIM = "c.";
/** A claim is confirmed this often … */
const CONFIRM_EVERY_MS = 5000;
/** … and is over when it was not for this long: timers of hidden pages run once a minute. */
const CLAIM_LASTS_MS = 90_000;
/** Two pages that claim at once both see, after this long, which of them wrote last. */
const SETTLE_MS = 50;

/** As long as any: a claim that has ended keeps its room for the next one, while its lane has records. */
const TIME_LENGTH = String(Date.UTC(2026, 0)).length;

/** Where there are no Web Locks (insecure origins, old browsers): a stored claim that has to be confirmed. */
export function storedClaims(storage: Storage, timers: Timers, nowMs: () => number, me: string): Claims {
  function isTaken(key: string): boolean {
    const [holder, until] = storage.get(key)?.split(" ") ?? [];
    const leftMs = Number(until) - nowMs();
    // A time further away than any claim lasts comes from a clock that was set back since.
    return holder !== me && leftMs > 0 && leftMs <= CLAIM_LASTS_MS;
  }

  const claimUntil = (untilMs: number) => `${me} ${String(untilMs).padStart(TIME_LENGTH, "0")}`;

  /** In a full storage nobody could claim a lane whose claim is gone: two pages would both take it for theirs. */
  function free(key: string): void {
    const lane = key.slice(CLAIM.length);
    if (!storage.keys().some((one) => one.startsWith(RECORD) && laneOf(one) === lane)) storage.remove(key);
    else storage.set(key, claimUntil(0));
  }

  // Of pages that had no chance to end theirs.
  for (const key of storage.keys()) if (key.startsWith(CLAIM) && !isTaken(key)) free(key);

  return {
    areLasting: false,
    claim(lane) {
      const key = CLAIM + lane;
      let isOver = false;
      const confirm = () => {
        isOver ||= isTaken(key);
        if (isOver) return;
        storage.set(key, claimUntil(nowMs() + CLAIM_LASTS_MS));
        timers.set(confirm, CONFIRM_EVERY_MS);
      };
      confirm();
      return {
        granted: new Promise((resolve) => {
          timers.set(() => resolve(!isOver && !isTaken(key)), SETTLE_MS);
        }),
        end() {
          if (!isOver && !isTaken(key)) free(key);
          isOver = true;
        },
      };
    },
  };
}
