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
    write: (text) => void storage?.set(IDENTITY_KEY, text.includes(OPTED_OUT) ? text : text + ROOM),
  };
}
