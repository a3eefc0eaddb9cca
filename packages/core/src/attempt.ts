/** What other code may have broken, or made up: a host that throws, a text that is no JSON, members of every object. */

/** What `action` returns, or `otherwise` where it throws. */
export function attempt<T>(action: () => T): T | undefined;
export function attempt<T>(action: () => T, otherwise: T): T;
export function attempt<T>(action: () => T, otherwise?: T): T | undefined {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

/** What a text says, and nothing where it is no JSON of an object. */
export function jsonObject(text: unknown): object {
  return attempt(() => Object(JSON.parse(text as string)), {});
}

/** Options without what other code has given to every object: enumerable members of `Object.prototype`. */
export function ownOptions<Options extends object>(options: Options): Options {
  const added = Object.keys(Object.prototype);
  if (added.length === 0) return options;
  return { ...Object.fromEntries(added.map((name) => [name, undefined])), ...options };
}
