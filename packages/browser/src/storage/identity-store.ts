/** Where this browser profile keeps who its user is: next to the queue. An opt-out it keeps for the whole origin. */
import { attempt, type IdentityStore } from "@whisperr/core";
import { DISCARDED, IDENTITY, NEWEST, OPT_OUT, RECORD, SESSION } from "./keys.ts";
import type { Storage } from "./storage.ts";

const OPTED_OUT = '"optedOut":true';

/** What tells of a person, behind the prefix of any API key, and what this SDK's predecessor has left of one. */
const PERSONAL = new RegExp(
  `^(?:wr1\\.\\w+\\.(?:(${IDENTITY}$)|(${RECORD})|${SESSION}$|${NEWEST})|whisperr\\.(?!optout$))`,
);

/**
 * `origin`: what all API keys of the origin share. `prefix`: of this one. Without storage the identity lives as long as the page.
 */
export const createIdentityStore = (storage: Storage, origin: Storage, prefix: string): IdentityStore => ({
  read: () => storage.get(IDENTITY),
  write(text) {
    const wasOut = storage.get(IDENTITY)?.includes(OPTED_OUT);
    if (!text.includes(OPTED_OUT)) {
      if (wasOut) origin.remove(OPT_OUT);
      storage.set(IDENTITY, text);
      return;
    }
    // In a full storage, too, there is room for the word alone: what it takes the place of was longer.
    const isWhole = storage.set(IDENTITY, text) || !storage.set(IDENTITY, `{${OPTED_OUT}}`);
    for (const key of storage.keys()) {
      if (key === SESSION || key.startsWith(NEWEST)) storage.remove(key);
      // What dead pages have left is discarded whenever it is found, after an `optIn()` as well.
      if (!wasOut && key.startsWith(RECORD)) storage.set(key, DISCARDED);
    }
    origin.set(OPT_OUT, "1");
    if (!wasOut) forget(storage, origin, prefix);
    if (!isWhole) storage.set(IDENTITY, text);
  },
});

/**
 * A person opts out of the whole origin: what pages of other keys have left, and what durable ones have a copy of, goes too. Who is
 * still to say something of a push token does so as it hears of the opt-out.
 */
function forget(storage: Storage, origin: Storage, prefix: string): void {
  for (const key of origin.keys()) {
    const [found, id, record] = (!key.startsWith(prefix) && PERSONAL.exec(key)) || [];
    if (record) origin.set(key, DISCARDED);
    else if (found && !(id && /"(said|denied)":/.test(origin.get(key) ?? ""))) origin.remove(key);
  }
  // A page that has the copy sees to it itself. There are hosts without.
  if (!storage.backup) attempt(() => indexedDB.deleteDatabase(prefix));
}
