/** What the loader stub and the script it waits for agree on. */

/** Everything on the global `whisperr` that can be called before the script is there. */
export const METHODS =
  "createWhisperr identify track page flush reset optIn optOut setPushToken setPushPermission stats shutdown";

/** Calls kept until there is a client; later ones are ignored, so a blocked script costs no memory. */
export const MAX_WAITING_CALLS = 1000;

/** A call that waits, and when it was made: that is when its event occurred. */
export type WaitingCall = readonly [method: string, args: readonly unknown[], atMs: number];
