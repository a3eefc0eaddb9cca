/** What may throw, as a value: what a host is asked to do, and what a text says. */

/** What `action` returns, or `otherwise` where it throws. */
export function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

/** What a text says, and nothing where it is no JSON of an object. */
export function jsonObject(text: unknown): object {
  try {
    return Object(JSON.parse(text as string));
  } catch {
    return {};
  }
}
