/**
 * The last `identify()` of a user is the server's last word, in whatever order those of several pages arrive: while older ones of
 * other pages wait, newer ones are noted, and whoever settles the last of the older ones says the newer ones again.
 */
import { append, type IdentifyOperation, type Operation } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { NEWEST, queueOf, RECORD, recordKey } from "../storage/keys.ts";

/** What is kept while older ones wait, and no more than this of it. */
interface Note {
  /** Records of the older ones. */
  readonly after: readonly string[];
  /** The newer ones, in the order of their calls: the record of each, and what it says. */
  readonly said: readonly (readonly [key: string, body: string])[];
}

const MAX_SAID = 10;

/**
 * One is called: are there older ones in other queues? What stands in its own comes before it anyway. Noted before its record is
 * written: a page may die between the two.
 */
export function noteNewest(page: Page, operation: IdentifyOperation): void {
  const { storage, own, written } = page;
  const user = userOf(operation);
  const key = recordKey(own, written);
  let note: Note = { after: [], said: [] };
  for (const one of storage.keys()) {
    const text = storage.get(one) ?? "";
    if (
      one.startsWith(RECORD) &&
      queueOf(one) !== own &&
      text.includes('"kind":"identify"') &&
      userOf(parse(text)) === user
    )
      note = { ...note, after: [...note.after, one] };
    if (one === NEWEST + user) note = { ...note, ...(parse(text) as Note) };
  }
  const after = note.after.filter((one) => storage.get(one));
  if (after.length === 0) return storage.remove(NEWEST + user);
  const said = [...note.said, [key, operation.body] as const].slice(-MAX_SAID);
  storage.set(NEWEST + user, JSON.stringify({ after, said }));
}

/**
 * These records were settled, or the page knows what is its own: what is noted may have to be said again now. An older one that
 * came late has undone what was settled before it; from there on all is said again, in order.
 */
export function sayNewest(page: Page, settled: readonly string[] = []): void {
  const { storage } = page;
  // It stays for a page that can.
  if (page.stopping) return;
  for (const note of storage.keys().filter((one) => one.startsWith(NEWEST))) {
    const { after = [], said = [] } = parse(storage.get(note)) as Partial<Note>;
    const open = after.filter((one) => storage.get(one));
    if (open.length > 0 && !settled.some((one) => after.includes(one))) continue;
    if (open.length > 0) storage.set(note, JSON.stringify({ after: open, said }));
    else storage.remove(note);
    if (page.known?.optedOut) continue;
    const newer = said.slice(
      1 + Math.max(-1, ...settled.map((one) => said.findIndex(([key]) => key === one))),
    );
    const undone = newer.findIndex(([key]) => !storage.get(key));
    for (const [, body] of undone < 0 ? [] : newer.slice(undone)) append(page, { kind: "identify", body });
  }
}

const userOf = (operation: unknown): unknown =>
  (parse((operation as IdentifyOperation).body) as { external_user_id?: unknown }).external_user_id;

/** Nothing where it is no JSON. */
function parse(text: string | null | undefined): object {
  try {
    return Object(JSON.parse(text as string));
  } catch {
    return {};
  }
}

export const isIdentify = (operation: Operation | undefined): operation is IdentifyOperation =>
  operation?.kind === "identify";
