/** What the loader stub and the script it waits for agree on. */

/** Everything on the global `whisperr` that can be called before the script is there. */
export const METHODS =
  "createWhisperr identify track page flush reset optIn optOut setPushToken setPushPermission stats shutdown";

/** Calls kept until there is a client. */
const MAX_WAITING_CALLS = 1000;

/** A call that waits, and when it was made: that is when its event occurred. */
export type WaitingCall = readonly [method: string, args: readonly unknown[], atMs: number];

/** After so many calls later events are ignored, so that a blocked script costs no memory. What a person has chosen never is. */
export function isKept(method: string, waiting: readonly WaitingCall[]): boolean {
  // By the last index, not by length: once loaded, the script puts a plain `{ push }` in the place of the stub's calls. Of
  // METHODS, `track` and `page` alone begin so.
  return !waiting[MAX_WAITING_CALLS - 1] || !/^[tp]/.test(method);
}
