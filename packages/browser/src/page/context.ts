/** Where an event happened: the page it was recorded on, and the visit it belongs to. */
import { attempt } from "@whisperr/core";
import { SESSION } from "../storage/keys.ts";
import type { Page } from "./page.ts";

/** Part of an event's context. All texts; empty where the page has none. */
export interface PageContext {
  readonly url: string;
  readonly path: string;
  readonly referrer: string;
  readonly title: string;
}

/** Put in at build time, from package.json. */
declare const VERSION: string;

/** What every event's context gets. */
export const contextOf = (page: Page, shown: Partial<PageContext>): object => ({
  page: shown,
  session_id: sessionAt(page, page.nowMs()),
  library: { name: "@whisperr/browser", version: VERSION },
});

/** A `data:` address can be megabytes long; no text of the page makes an event larger than this. */
const MAX_TEXT_LENGTH = 2000;

/** The page that is shown. Query strings and fragments hold what visitors typed, and tokens: left out unless asked for. */
export const currentPage = (withQuery: boolean): PageContext =>
  attempt(
    () => {
      const leftOut = withQuery ? "" : /[?#].*/;
      return {
        url: address(location.href, leftOut),
        path: text(
          ROUTE.exec(location.hash)?.[1] ?? location.pathname,
          location.protocol === "file:" ? /.*(?=\/)/ : "",
        ),
        referrer: address(document.referrer, leftOut),
        title: text(document.title),
      };
    },
    // A page that does not say where it is.
    { url: "", path: "", referrer: "", title: "" },
  );

/** A fragment is a place on the page, unless it is the path of a route: `#/cart`, `#!/cart`. */
const ROUTE = /^#!?(\/[^?]*)/;

/** Without a name and password, and without the folders of a file: they hold the name of the device's user. */
const address = (value: unknown, leftOut: RegExp | string) =>
  text(value, leftOut)
    .replace(/^(\w+:\/\/)[^/?#]*@/, "$1")
    .replace(/^(file:\/\/)[^?#]*(?=\/)/, "$1");

/** Of `unknown`, since an element named "title" takes the place of the document's. */
const text = (value: unknown, leftOut: RegExp | string = "") =>
  typeof value === "string" ? value.replace(leftOut, "").slice(0, MAX_TEXT_LENGTH) : "";

/** Without an event for this long, the next one starts a new session. */
const SESSION_TIMEOUT_MS = 30 * 60_000;
/** Activity is noted at most this often, and the notes of other tabs are not read more often: storage is not free. */
const NOTE_INTERVAL_MS = 10_000;

/** Which session an event belongs to. All tabs share it: `<ms of the last noted activity>.<id>`. Ids are without a dot. */
export function sessionAt(page: Pick<Page, "storage" | "uuid"> & { session: string }, nowMs: number): string {
  if (!isWithin(NOTE_INTERVAL_MS, page.session, nowMs)) {
    // Where there is no room, or no storage, the page alone knows.
    const known = [page.storage.get(SESSION) ?? "", page.session];
    const session = known.find((one) => isWithin(SESSION_TIMEOUT_MS, one, nowMs));
    page.session = `${nowMs}.${session ? idOf(session) : page.uuid()}`;
    page.storage.set(SESSION, page.session);
  }
  return idOf(page.session);
}

const idOf = (session: string): string => session.split(".")[1] ?? "";

/** Either direction: a clock set back must not keep a session alive until the time it once showed. */
const isWithin = (ms: number, session: string, nowMs: number): boolean =>
  Math.abs(nowMs - Number(/^(\d+)\../.exec(session)?.[1])) < ms;
