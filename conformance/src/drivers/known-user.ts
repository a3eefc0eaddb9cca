/**
 * Server-shaped calls on a client SDK. `track(userId, …)` means that this user is known already and everything about
 * them delivered: that is written where the SDK keeps its identity, which it looks at before each call.
 */
import { IDENTITY } from "../../../packages/browser/src/storage/keys.ts";
import { storagePrefix } from "../../../packages/browser/src/storage/storage.ts";

/** The visitor behind every user of a server-shaped case; its events are the user's already. */
const ANONYMOUS_ID = "00000000-0000-4000-8000-000000000000";

/** Makes the SDK with this key, whatever blanks are around it, know the user; a user id that could not be one changes nothing. */
export function knowUser(apiKey: unknown, userId: unknown): void {
  if (typeof userId !== "string" || userId === "") return;
  const identity = { anonymousId: ANONYMOUS_ID, userId, promoted: true };
  localStorage.setItem(storagePrefix(String(apiKey).trim()) + IDENTITY, JSON.stringify(identity));
}
