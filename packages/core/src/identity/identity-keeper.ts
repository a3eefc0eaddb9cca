/** Remembers the identity. The stored text is looked at before each use, because another tab may have changed it. */
import { stringify } from "../events/snapshot.ts";
import { type Identity, parseIdentity } from "./identity.ts";

/** Where a device keeps one text. Must not throw; null when it has none, undefined when nothing can be stored. */
export interface IdentityStore {
  read(): string | null | undefined;
  write(text: string): void;
}

export interface IdentityKeeper {
  readonly identityStore: IdentityStore;
  readonly newId: () => string;
  known?: Identity;
  knownText?: string | null | undefined;
}

/** Text that a tab has put back, after the storage was emptied, begins with it: what a tab said itself counts for more. */
const RESTORED = " ";

/** Makes a visitor on first use. */
export function identityOf(keeper: IdentityKeeper): Identity {
  const { known, knownText } = keeper;
  const text = keeper.identityStore.read();
  if (known && (text === knownText || text === undefined)) return known;
  const stored = parseIdentity(text);
  // Another tab has changed it. One that is gone or spoilt was not: an app that empties its storage signs nobody out.
  if (!stored) return setIdentity(keeper, known ?? { anonymousId: keeper.newId() }, known && RESTORED);
  keeper.knownText = text;
  keeper.known = stored;
  return stored;
}

/** `mark`: before the text. */
export function setIdentity(keeper: IdentityKeeper, identity: Identity, mark = ""): Identity {
  keeper.known = identity;
  keeper.identityStore.write(mark + stringify(identity));
  // What could not be written is not read back as if another tab had taken it away.
  keeper.knownText = keeper.identityStore.read();
  return identity;
}

/** Another tab has stored this text, which may be gone already: an app may empty its storage right after `reset()`. */
export function hearIdentity(keeper: IdentityKeeper, text: string | null): void {
  const said = parseIdentity(text);
  const now = keeper.identityStore.read();
  const isOpen = now === null || now?.[0] === RESTORED;
  if (said && isOpen && text?.[0] !== RESTORED) setIdentity(keeper, said, RESTORED);
}
