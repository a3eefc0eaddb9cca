/**
 * Locks where the browser has none (insecure origins, old browsers) or refuses them: a stored text that has to be confirmed.
 * Loaded only there.
 */
import type { Timers } from "@whisperr/core";
import { LOCK, RECORD } from "../storage/prefixes.ts";
import type { Storage } from "../storage/storage.ts";
import type { TabLocks, Whose } from "./locks.ts";

/** A stored lock is confirmed this often … */
const CONFIRM_EVERY_MS = 5000;
/** … and is over when it was not for this long: timers of hidden pages run once a minute. */
const LASTS_MS = 90_000;
/** Two pages that ask at once both see, after this long, which of them wrote last. */
const SETTLE_MS = 50;
/**
 * Digits of a stored time. A lock that has ended is stored as a text of the same length while its queue has records: the next lock
 * then fits into a full storage.
 */
const TIME_LENGTH = 13;

/** Builds must not shorten this name: its file is loaded by itself, and whatever imports it asks for it by name. */
export function openStoredLocks(storage: Storage, timers: Timers, nowMs: () => number, me: string): TabLocks {
  const checks = new Set<() => void>();

  function isTaken(key: string): boolean {
    const [holder, until] = storage.get(key)?.split(" ") ?? [];
    const leftMs = Number(until) - nowMs();
    // A time further away than any lock lasts comes from a clock that was set back since.
    return holder !== me && leftMs > 0 && leftMs <= LASTS_MS;
  }

  const write = (key: string, untilMs: number) =>
    storage.set(key, `${me} ${String(untilMs).padStart(TIME_LENGTH, "0")}`);

  function free(key: string): void {
    const records = `${RECORD}${key.slice(LOCK.length)}.`;
    const hasRecords = storage.keys().some((one) => one.startsWith(records));
    if (hasRecords) write(key, 0);
    else storage.remove(key);
  }

  // Of pages that had no chance to end theirs.
  for (const key of storage.keys()) if (key.startsWith(LOCK) && !isTaken(key)) free(key);

  function request(queue: string, whose: Whose, answer: (isGranted: boolean) => void): () => void {
    const key = LOCK + queue;
    let isLost = isTaken(key);
    let untilMs = 0;
    let timer: unknown;

    /** A page that stood still for too long may have had its lock taken, used and freed meanwhile: the text is another one. */
    function isOver(): boolean {
      const leftMs = untilMs - nowMs();
      const isPast = leftMs < 0 || leftMs > LASTS_MS;
      return isPast && storage.get(key)?.split(" ")[0] !== me;
    }
    function check(): void {
      if (!isLost && !isTaken(key) && !isOver()) return;
      isLost = true;
      end();
      answer(false);
    }
    function confirm(): void {
      untilMs = nowMs() + LASTS_MS;
      write(key, untilMs);
      timer = timers.set(() => {
        check();
        if (!isLost) confirm();
      }, CONFIRM_EVERY_MS);
    }
    function end(): void {
      timers.clear(timer);
      timers.clear(settling);
      checks.delete(check);
      if (!isLost && !isTaken(key)) free(key);
    }
    function settled(): void {
      check();
      if (isLost) return;
      checks.add(check);
      answer(true);
    }
    // A queue that is new nobody else can want.
    const settling = whose === "own" ? null : timers.set(settled, SETTLE_MS);
    if (!isLost) confirm();
    // Or the page sets no timer: as if nobody else had asked.
    if (settling === null) void Promise.resolve().then(settled);
    return end;
  }

  return {
    request,
    check() {
      for (const check of checks) check();
    },
  };
}
