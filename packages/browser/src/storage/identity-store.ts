/** Where this browser profile keeps who its user is: next to the queue. An opt-out it keeps for the whole origin. */
import type { IdentityStore } from "@whisperr/core";
import { IDENTITY, NEWEST, OPT_OUT, SESSION } from "./keys.ts";
import type { Storage } from "./storage.ts";

const OPTED_OUT = '"optedOut":true';

/** `origin`: what all API keys of the origin share. Without storage the identity lives as long as the page. */
export function createIdentityStore(storage: Storage, origin: Storage): IdentityStore {
  let isKnown = false;

  return {
    read() {
      const text = storage.get(IDENTITY);
      // Later, `id` says what other pages have changed: this is read before each event.
      const says = isKnown && text !== null;
      isKnown = true;
      if (says || text?.includes(OPTED_OUT) || origin.get(OPT_OUT) === null) return text;
      // Said with another API key, or to this SDK's predecessor. Nothing else is to stay stored.
      storage.set(IDENTITY, `{${OPTED_OUT}}`);
      return `{${OPTED_OUT}}`;
    },
    write(text) {
      const optsOut = text.includes(OPTED_OUT);
      if (!optsOut) {
        if (storage.get(IDENTITY)?.includes(OPTED_OUT)) origin.remove(OPT_OUT);
        storage.set(IDENTITY, text);
        return;
      }
      // In a full storage, too, there is room for the word alone: what it takes the place of was longer.
      const isWhole = storage.set(IDENTITY, text) || !storage.set(IDENTITY, `{${OPTED_OUT}}`);
      for (const key of storage.keys()) if (key === SESSION || key.startsWith(NEWEST)) storage.remove(key);
      origin.set(OPT_OUT, "1");
      if (!isWhole) storage.set(IDENTITY, text);
    },
  };
}
