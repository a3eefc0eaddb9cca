/**
 * What a request carries is noted, `f.<queue>`: until when it may be under way, and the last record of each queue. A page that
 * ends leaves the note behind, and the next one waits, so that an answer that nobody saw does not mean that everything is sent
 * again by page after page.
 */
import type { Page } from "../page/page.ts";
import { IN_FLIGHT, queueOf } from "../storage/keys.ts";

/** In the note of a page that was left, behind the records, of which none has one. */
const GONE = "-";

export type InFlight = readonly {
  readonly note: string;
  /** This record of a queue, and those before it, may be in flight … */
  readonly last: string;
  /** The page that has sent it was left. */
  readonly isLeft: boolean;
  /** … for so long yet; 0 or less: nobody waits any longer. */
  readonly leftMs: number;
}[];

/** `count` operations at the front are in flight now. */
export function noteInFlight(page: Page, count: number): void {
  const { storage } = page;
  if (count > 0) {
    page.note = IN_FLIGHT + page.own;
    const lasts = new Map(page.entries.slice(0, count).map(({ key }) => [queueOf(key), key])).values();
    storage.set(page.note, [page.nowMs() + page.leaseMs, ...lasts, ...(page.isHere ? [] : [GONE])].join(" "));
  } else if (!justFailed(page)) storage.remove(page.note);
}

/** The request ends with its page, and nobody need wait for it. Its note stays for whoever delivers an older identify meanwhile. */
export function noteFrail({ storage, note }: Page): void {
  const text = note && storage.get(note);
  if (text) storage.set(note, text.replace(/\S+/, "0"));
}

/** The page is left. A busy browser may need a while to free its locks. */
export function noteLeft({ storage, note }: Page): void {
  const text = note && storage.get(note);
  if (text) storage.set(note, `${text} ${GONE}`);
}

/** This page has the locks now: no other one needs to wait for them. */
export function takeOver({ storage }: Page, inFlight: InFlight): void {
  for (const { note, isLeft } of inFlight) {
    const text = isLeft && storage.get(note);
    if (text) storage.set(note, text.replace(/ -/g, ""));
  }
}

/** What pages have in flight, or had when they ended, but for this one. `keys`: all there are. */
export function readInFlight(
  { storage, note: own, nowMs, leaseMs }: Page,
  keys: readonly string[],
): InFlight {
  return keys.flatMap((note) => {
    if (!note.startsWith(IN_FLIGHT) || note === own) return [];
    const [until, ...lasts] = (storage.get(note) ?? "").split(" ");
    // What it was about has arrived, or is lost.
    if (!lasts.some((key) => storage.get(key))) storage.remove(note);
    const leftMs = Number(until) - nowMs() || 0;
    // Longer than any lease: the clock was set back since, which must not make anybody wait.
    const isLeft = lasts.includes(GONE);
    return lasts.map((last) => ({ note, last, isLeft, leftMs: leftMs > leaseMs ? 0 : leftMs }));
  });
}

/** Of a record: it may be in flight. */
export const mayArrive = (inFlight: InFlight, key: string): boolean =>
  inFlight.some(({ last }) => queueOf(last) === queueOf(key) && key <= last);

const JUST_MS = 500;

/**
 * The last request has just failed without an answer. Chromium says so of what is in flight as a page is left, and goes on
 * with it: it may be arriving.
 */
export const justFailed = ({ failedAtMs, nowMs }: Page): boolean => Math.abs(nowMs() - failedAtMs) < JUST_MS;
