/** What an app or a server gave, on pages and in processes where other code has changed `Object.prototype`. */

/** Options without what other code has given to every object: enumerable members of `Object.prototype`. */
export function ownOptions<Options extends object>(options: Options): Options {
  const added = Object.keys(Object.prototype);
  if (added.length === 0) return options;
  return { ...Object.fromEntries(added.map((name) => [name, undefined])), ...options };
}
