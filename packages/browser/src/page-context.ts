/** Where an event happened: the page it was recorded on, and the visit it belongs to. */

import { SESSION } from "./storage/keys.ts";
import type { Storage } from "./storage/storage.ts";

/** Part of an event's context. All texts; empty where the page has none. */
export interface PageContext {
  readonly url: string;
  readonly path: string;
  readonly referrer: string;
  readonly title: string;
}

/** A `data:` address can be megabytes long; no text of the page makes an event larger than this. */
const MAX_TEXT_LENGTH = 2000;

/**
 * Says what the current page is, with the same object while nothing changes. Query strings and fragments hold what
 * visitors typed, and tokens: they are left out unless asked for.
 */
export function watchPageContext(withQuery: boolean): () => PageContext {
  const leftOut = withQuery ? "" : /[?#].*/;
  let seen: unknown[] = [];
  let context: PageContext | undefined;
  return () => {
    const { title, referrer } = document;
    const now = [location.href, title, referrer];
    if (context === undefined || now.some((value, index) => value !== seen[index])) {
      context = {
        url: text(location.href, leftOut),
        path: text(location.pathname),
        referrer: text(referrer, leftOut),
        title: text(title),
      };
      seen = now;
    }
    return context;
  };
}

/** Of `unknown`, since an element named "title" takes the place of the document's. */
const text = (value: unknown, leftOut: RegExp | string = "") =>
  typeof value === "string" ? value.replace(leftOut, "").slice(0, MAX_TEXT_LENGTH) : "";

/** Without an event for this long, the next one starts a new session. */
const SESSION_TIMEOUT_MS = 30 * 60_000;
/** Activity is noted at most this often, and the notes of other tabs are not read more often: storage is not free. */
const NOTE_INTERVAL_MS = 10_000;

/**
 * Says which session an event belongs to. All tabs share it: `<ms of the last noted activity>.<id>`. `newId` gives an id
 * without a dot.
 */
export function watchSession(storage: Storage, newId: () => string): (nowMs: number) => string {
  let latest = "";
  return (nowMs) => {
    if (idleMs(latest, nowMs) < NOTE_INTERVAL_MS) return idOf(latest);
    const stored = storage.get(SESSION) ?? "";
    // Where there is no room, or no storage, the page alone knows.
    const known = idleMs(stored, nowMs) <= idleMs(latest, nowMs) ? stored : latest;
    const isOver = idleMs(known, nowMs) >= SESSION_TIMEOUT_MS;
    latest = `${nowMs}.${isOver ? newId() : idOf(known)}`;
    storage.set(SESSION, latest);
    return idOf(latest);
  };
}

const idOf = (session: string): string => session.split(".")[1] ?? "";

/** Either direction: a clock set back must not keep a session alive until the time it once showed. Infinity: there is none. */
function idleMs(session: string, nowMs: number): number {
  const activeMs = Number(session.split(".")[0] || Number.NaN);
  return idOf(session) && activeMs ? Math.abs(nowMs - activeMs) : Number.POSITIVE_INFINITY;
}
