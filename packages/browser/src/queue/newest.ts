/**
 * The last `identify()` of a user is the server's last word, in whatever order those of several pages arrive: while older ones of
 * other pages wait, newer ones are noted, and whoever settles the last of the older ones says the newer ones again.
 */
import {
  append,
  attempt,
  type IdentifyOperation,
  jsonObject,
  parseOperation,
  stringify,
} from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { NEWEST, queueOf, RECORD, recordKey } from "../storage/keys.ts";
import { mayArrive, readInFlight } from "./in-flight.ts";
import type { Entry } from "./state.ts";

/** What is kept while older ones wait, and no more than this of it. */
interface Note {
  /** Records of the older ones. */
  readonly after: readonly string[];
  /** The newer ones, in the order of their calls: the record of each, what it says, and how many resets there had been. */
  readonly said: readonly (readonly [key: string, body: string, resets?: number])[];
}

const MAX_SAID = 10;

/**
 * One is called: are there older ones in other queues? What stands in its own comes before it anyway. Noted before its record is
 * written: a page may die between the two. One that is said again keeps its place among the others.
 */
export function noteNewest(page: Page, operation: IdentifyOperation): void {
  const { storage, own, written } = page;
  const user = userOf(operation);
  const key = recordKey(own, written);
  const { after: noted, said: before } = noteIn(page, NEWEST + user);
  const older = storage.keys().filter((one) => {
    const text = (one.startsWith(RECORD) && queueOf(one) !== own && storage.get(one)) || "";
    return text.includes('"kind":"identify"') && userOf(jsonObject(text)) === user;
  });
  const after = [...new Set([...noted, ...older])].filter(storage.get);
  if (after.length + before.length === 0) return;
  const { body } = operation;
  const said = page.isSayingAgain
    ? before.map((one) => (one[1] === body ? ([key, body, one[2]] as const) : one))
    : [...before, [key, body, page.known?.resets ?? 0] as const].slice(-MAX_SAID);
  storage.set(NEWEST + user, stringify({ after, said }));
}

/**
 * These were settled, or the page knows what is its own: what is noted may have to be said again now. An older one that came late
 * has undone what was settled before it, or was under way with it; from there on all is said again, in order. The note goes last:
 * a page may die before.
 */
export function sayNewest(page: Page, settled: readonly Entry[] = []): void {
  const { storage } = page;
  // It stays for a page that can.
  if (page.stopping) return;
  for (const note of storage.keys().filter((one) => one.startsWith(NEWEST))) {
    const { after, said } = noteIn(page, note);
    const bodies = said.map(([, body]) => body);
    // It may be a copy that was settled.
    const last = Math.max(-1, ...settled.map(({ operation }) => bodies.lastIndexOf(bodyOf(operation))));
    const isOpen = after.some(storage.get);
    const isOver = !isOpen && (last >= 0 || !settled[0]);
    if (!isOver && !settled.some(({ key }) => after.includes(key))) continue;
    const inFlight = readInFlight(page, storage.keys());
    // A page that was being shut down has settled an older one, or died as it did: that may have come later than these.
    const isLate = after.some((key) => !storage.get(key) && !settled.some((one) => one.key === key));
    const undone = said.findIndex(
      ([key], index) => index > (isLate ? last - 1 : last) && (!storage.get(key) || mayArrive(inFlight, key)),
    );
    const again = undone < 0 || page.known?.optedOut ? [] : said.slice(undone);
    page.isSayingAgain = true;
    const { pushing } = page.device;
    for (const [, body, resets] of again) {
      pushing?.noteRepeated(page, { body }, resets);
      append(page, { kind: "identify", body });
    }
    page.isSayingAgain = false;
    if (again[0]) pushing?.update(page);
    const left = noteIn(page, note);
    const open = left.after.filter(storage.get);
    // Those that were said may wait in another order than they were called in, where a page died as it said them again.
    const waits = left.said.some(([key]) => storage.get(key));
    if (open.length === 0 && !waits) storage.remove(note);
    else storage.set(note, stringify({ ...left, after: open }));
  }
}

/** Empty where there is none, or something else. */
function noteIn({ storage }: Page, key: string): Note {
  const note = jsonObject(storage.get(key)) as Note;
  const isIdentify: (one: Note["said"][number]) => unknown = ([record, body]) =>
    queueOf(record) && parseOperation(JSON.stringify({ kind: "identify", body }));
  const isWhole = attempt(() => note.after.every(Boolean) && note.said.every(isIdentify), false);
  return isWhole ? note : { after: [], said: [] };
}

const bodyOf = (operation: unknown): string => (operation as IdentifyOperation).body;

const userOf = (operation: unknown): unknown =>
  (jsonObject(bodyOf(operation)) as { external_user_id?: unknown }).external_user_id;
