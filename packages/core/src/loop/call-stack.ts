/** The end of the call stack: an app may call from there, as the `catch` of an endless recursion does. */

/** More than a flush takes, the host's promises and timers included: a frame of `frames()` is smaller than most. */
const FRAMES = 2000;

/** Promises are made only where there is room for it: one whose executor throws is rejected, which ends a process. */
export function hasRoom(): boolean {
  try {
    return frames(FRAMES) === FRAMES;
  } catch {
    return false;
  }
}

function frames(count: number): number {
  return count > 0 ? 1 + frames(count - 1) : 0;
}
