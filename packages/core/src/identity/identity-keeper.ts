/** Remembers the identity. The stored text is looked at before each use, because another tab may have changed it. */
import { type Identity, parseIdentity } from "./identity.ts";

/** Where a device keeps one text. Must not throw; null when it has none, undefined when nothing can be stored. */
export interface IdentityStore {
  read(): string | null | undefined;
  write(text: string): void;
}

export interface IdentityKeeper {
  /** Makes a visitor on first use. */
  get(): Identity;
  set(identity: Identity): void;
  /** Another tab has stored this text, which may be gone already: an app may empty its storage right after `reset()`. */
  heard(text: string | null): void;
}

/** Text that a tab has put back, after the storage was emptied, begins with it: what a tab said itself counts for more. */
const RESTORED = " ";

export function createIdentityKeeper(store: IdentityStore, newId: () => string): IdentityKeeper {
  let known: Identity | undefined;
  let knownText: string | null | undefined;

  function write(identity: Identity, mark: string): void {
    known = identity;
    knownText = mark + JSON.stringify(identity);
    store.write(knownText);
    // What could not be written is not read back as if another tab had taken it away.
    knownText = store.read();
  }

  return {
    get() {
      const text = store.read();
      if (known !== undefined && (text === knownText || text === undefined)) return known;
      const stored = parseIdentity(text);
      knownText = text;
      // Another tab has changed it. One that is gone or spoilt was not: an app that empties its storage signs nobody out.
      if (stored !== undefined) known = stored;
      else if (known !== undefined) write(known, RESTORED);
      else write({ anonymousId: newId() }, "");
      return known as Identity;
    },
    set: (identity) => write(identity, ""),
    heard(text) {
      const said = parseIdentity(text);
      const now = store.read();
      const isOpen = now === null || now?.startsWith(RESTORED) === true;
      if (said !== undefined && isOpen && !text?.startsWith(RESTORED)) write(said, RESTORED);
    },
  };
}
