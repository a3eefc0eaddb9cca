/** Lines that are printed where there is no client yet, or none at all. */

/** Prints a line. A console that throws, as some tests make it, is not the app's problem. */
export function say(message: string): void {
  try {
    console.warn(`[whisperr] ${message}`);
  } catch {
    // There is nobody else to tell.
  }
}
