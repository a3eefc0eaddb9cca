/**
 * Which lanes belong to living pages. A page holds a claim on its lane for as long as it lives, so a lane that can be
 * claimed belongs to a page that is gone, and exactly one page gets it.
 */
import type { Timers } from "@whisperr/core";
import type { Storage } from "./storage.ts";

export interface Claims {
  /** What ends the claim; undefined when another page has the lane. */
  claim(lane: string): Promise<(() => void) | undefined>;
}

/** The browser ends the claims of a page together with the page, however that happens. */
export function webLockClaims(locks: LockManager, prefix: string): Claims {
  return {
    claim: (lane) =>
      new Promise((resolve) => {
        const hold = (lock: Lock | null) =>
          lock === null ? resolve(undefined) : new Promise<void>((release) => resolve(release));
        // Where locks are refused altogether, nobody else has one either.
        locks.request(prefix + lane, { ifAvailable: true }, hold).catch(() => resolve(() => {}));
      }),
  };
}

const CLAIM = "c.";
/** A claim is confirmed this often … */
const CONFIRM_EVERY_MS = 5000;
/** … and is over when it was not for this long: timers of hidden pages run once a minute. */
const CLAIM_LASTS_MS = 90_000;
/** Two pages that claim at once both see, after this long, which of them wrote last. */
const SETTLE_MS = 50;

/** Where there are no Web Locks (insecure origins, old browsers): a stored claim that has to be confirmed. */
export function storedClaims(storage: Storage, timers: Timers, nowMs: () => number, me: string): Claims {
  const textNow = () => `${me} ${nowMs() + CLAIM_LASTS_MS}`;
  const isMine = (key: string) => storage.get(key)?.split(" ")[0] === me;

  return {
    async claim(lane) {
      const key = CLAIM + lane;
      const until = Number(storage.get(key)?.split(" ")[1] ?? 0);
      // A time further away than any claim lasts comes from a clock that was set back since.
      if (!isMine(key) && until > nowMs() && until <= nowMs() + CLAIM_LASTS_MS) return undefined;
      storage.set(key, textNow());
      await new Promise<void>((resolve) => void timers.set(resolve, SETTLE_MS));
      if (!isMine(key)) return undefined;
      let timer: unknown;
      const confirm = () => {
        if (!isMine(key)) return;
        storage.set(key, textNow());
        timer = timers.set(confirm, CONFIRM_EVERY_MS);
      };
      confirm();
      return () => {
        timers.clear(timer);
        if (isMine(key)) storage.remove(key);
      };
    },
  };
}
