/** Where this browser profile keeps who its user is: next to the queue. */
import type { IdentityStore } from "@whisperr/core";
import type { Storage } from "./storage.ts";

export const IDENTITY_KEY = "id";

const OPTED_OUT = '"optedOut":true';
/** An opt-out must be remembered in a storage that is full, too: its place is taken beforehand. */
const ROOM = " ".repeat(`,${OPTED_OUT}`.length);

/** Without storage the identity lives as long as the page. */
export function createIdentityStore(storage: Storage | undefined): IdentityStore {
  return {
    read: () => storage?.get(IDENTITY_KEY),
    write(text) {
      const optsOut = text.includes(OPTED_OUT);
      const isStored = storage?.set(IDENTITY_KEY, optsOut ? text : text + ROOM);
      if (isStored === false && optsOut) storage?.set(IDENTITY_KEY, shortest(text));
    },
  };
}

/** An opted-out identity that fits in the place of any other, whatever was stored last. */
function shortest(text: string): string {
  const { anonymousId } = JSON.parse(text) as { readonly anonymousId: string };
  return `{"anonymousId":${JSON.stringify(anonymousId)},${OPTED_OUT}}`;
}
