/** Remembers the identity. The stored text is looked at before each use, because another tab may have changed it. */
import { type Identity, parseIdentity } from "./identity.ts";

/** Where a device keeps one text. Must not throw; null when it has none, undefined when nothing can be stored. */
export interface IdentityStore {
  read(): string | null | undefined;
  write(text: string): void;
}

export interface IdentityKeeper {
  readonly identityStore: IdentityStore;
  readonly newId: () => string;
  known: Identity | undefined;
  knownText: string | null | undefined;
}

/** Text that a tab has put back, after the storage was emptied, begins with it: what a tab said itself counts for more. */
const RESTORED = " ";

export function createIdentityKeeper(identityStore: IdentityStore, newId: () => string): IdentityKeeper {
  return { identityStore, newId, known: undefined, knownText: undefined };
}

/** Makes a visitor on first use. */
export function identityOf(keeper: IdentityKeeper): Identity {
  const { identityStore, known, knownText } = keeper;
  const text = identityStore.read();
  if (known !== undefined && (text === knownText || text === undefined)) return known;
  const stored = parseIdentity(text);
  keeper.knownText = text;
  // Another tab has changed it. One that is gone or spoilt was not: an app that empties its storage signs nobody out.
  if (stored !== undefined) keeper.known = stored;
  else if (known !== undefined) write(keeper, known, RESTORED);
  else write(keeper, { anonymousId: keeper.newId() }, "");
  return keeper.known as Identity;
}

export function setIdentity(keeper: IdentityKeeper, identity: Identity): void {
  write(keeper, identity, "");
}

/** Another tab has stored this text, which may be gone already: an app may empty its storage right after `reset()`. */
export function hearIdentity(keeper: IdentityKeeper, text: string | null): void {
  const said = parseIdentity(text);
  const now = keeper.identityStore.read();
  const isOpen = now === null || now?.startsWith(RESTORED) === true;
  if (said !== undefined && isOpen && !text?.startsWith(RESTORED)) write(keeper, said, RESTORED);
}

function write(keeper: IdentityKeeper, identity: Identity, mark: string): void {
  keeper.known = identity;
  keeper.knownText = mark + JSON.stringify(identity);
  keeper.identityStore.write(keeper.knownText);
  // What could not be written is not read back as if another tab had taken it away.
  keeper.knownText = keeper.identityStore.read();
}
