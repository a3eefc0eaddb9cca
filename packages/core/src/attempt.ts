/** What a host is asked to do, and may refuse. */

/** What `action` returns, or `otherwise` where it throws. */
export function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
