/** Where an event happened: the page it was recorded on, and the visit it belongs to. */

import type { Storage } from "./storage.ts";

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

/** A small store that all tabs share. It must give back what it was given, or each event starts a session. */
export interface SessionStore {
  get(key: string): string | null | undefined;
  set(key: string, value: string): unknown;
}

/** The tabs' store, or the page's own where there is none, or no room in it. */
export function sessionStore(storage: Storage | undefined): SessionStore {
  let own: string | undefined;
  return {
    get: (key) => own ?? storage?.get(key),
    set(key, value) {
      own = storage?.set(key, value) ? undefined : value;
    },
  };
}

/** Without an event for this long, the next one starts a new session. */
const SESSION_TIMEOUT_MS = 30 * 60_000;
/** Activity is noted at most this often: storage is shared by tabs and not free. */
const NOTE_INTERVAL_MS = 10_000;
const KEY = "session";

/** The id of the session that an event at `nowMs` belongs to. `newId` gives an id without a dot. */
export function sessionId(store: SessionStore, nowMs: number, newId: () => string): string {
  const stored = store.get(KEY);
  const session = continueSession(stored, nowMs, newId);
  if (session !== stored) store.set(KEY, session);
  return session.split(".")[1] as string;
}

/** From what is stored to what is to be stored, `<ms of the last noted activity>.<id>`: the session goes on or a new one starts. */
export function continueSession(
  stored: string | null | undefined,
  nowMs: number,
  newId: () => string,
): string {
  const [activeMs, id] = `${stored}`.split(".");
  // Either direction: a clock set back must not keep a session alive until the time it once showed.
  const idleMs = Math.abs(nowMs - Number(activeMs));
  if (id && idleMs < NOTE_INTERVAL_MS) return `${stored}`;
  return `${nowMs}.${id && idleMs < SESSION_TIMEOUT_MS ? id : newId()}`;
}
