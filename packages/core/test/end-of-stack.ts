/** Of a call stack: its last frames, from which an app calls in the `catch` of an endless recursion. */

/** Frames before the end: from each of the last ones, then from some, as far as a client may find the end too near. */
const EACH = 60;
const SOME = 2500;

/** The innermost first. A RangeError is the end itself: there was no room for the call. */
export function callFromEnd(call: () => unknown): void {
  let frame = 0;
  const descend = (): void => {
    try {
      descend();
    } catch {
      // Here the call itself may find no room.
    }
    if (++frame > SOME || (frame > EACH && frame % 50 > 0)) return;
    try {
      call();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  };
  descend();
}
