/** Where this browser profile keeps who its user is: next to the queue. An opt-out it keeps for the whole origin. */
import type { IdentityStore } from "@whisperr/core";
import { DISCARDED, IDENTITY, NEWEST, OPT_OUT, RECORD, SESSION } from "./keys.ts";
import type { Storage } from "./storage.ts";

const OPTED_OUT = '"optedOut":true';

/** `origin`: what all API keys of the origin share. Without storage the identity lives as long as the page. */
export const createIdentityStore = (storage: Storage, origin: Storage): IdentityStore => ({
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
    if (!isWhole) storage.set(IDENTITY, text);
  },
});
