/** Where this browser profile keeps who its user is: next to the queue. */
import type { IdentityStore } from "@whisperr/core";
import { IDENTITY } from "./keys.ts";
import type { Storage } from "./storage.ts";

const OPTED_OUT = '"optedOut":true';
/** An opt-out must be remembered in a storage that is full, too: its place is taken beforehand. */
const ROOM = " ".repeat(`,${OPTED_OUT}`.length);

/** Without storage the identity lives as long as the page. */
export const createIdentityStore = (storage: Storage): IdentityStore => ({
  read: () => storage.get(IDENTITY),
  write(text) {
    const optsOut = text.includes(OPTED_OUT);
    if (storage.set(IDENTITY, optsOut ? text : text + ROOM) || !optsOut) return;
    // What fits in the place of any other, whatever was stored last.
    const { anonymousId } = JSON.parse(text) as { readonly anonymousId: string };
    storage.set(IDENTITY, JSON.stringify({ anonymousId, optedOut: true }));
  },
});
