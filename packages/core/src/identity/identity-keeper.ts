/** Remembers the identity. The stored text is looked at before each use, because another tab may have changed it. */
import { stringify } from "../events/snapshot.ts";
import { type Identity, optedOut, parseIdentity } from "./identity.ts";

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
  // What was said while nothing could be read counts, now that something can.
  const stored = known && knownText === undefined ? undefined : parseIdentity(text);
  // Who empties the storage wants to be forgotten: only what was refused, tracking or notifications, stays so. What is spoilt was not emptied.
  const kept = text === null ? known?.optedOut && optedOut(known) : known;
  if (!stored) {
    const next = kept || { anonymousId: keeper.newId(), denied: known?.denied };
    return setIdentity(keeper, next, kept ? RESTORED : "");
  }
  keeper.knownText = text;
  keeper.known = stored;
  return stored;
}

/** `mark`: before the text. */
export function setIdentity(keeper: IdentityKeeper, identity: Identity, mark = ""): Identity {
  keeper.known = identity;
  const { anonymousId: _none, ...out } = optedOut(identity);
  keeper.identityStore.write(mark + stringify(identity.optedOut ? out : identity));
  // What could not be written is not read back as if another tab had taken it away.
  keeper.knownText = keeper.identityStore.read();
  return identity;
}

/** Another tab has stored this text, which may be gone already: an app may empty its storage right after `optOut()`. */
export function hearIdentity(keeper: IdentityKeeper, text: string | null): void {
  const said = parseIdentity(text);
  const now = keeper.identityStore.read();
  const isOpen = now === null || now?.[0] === RESTORED;
  const counts = said?.optedOut || now !== null;
  if (said && isOpen && counts && text?.[0] !== RESTORED) setIdentity(keeper, said, RESTORED);
}
