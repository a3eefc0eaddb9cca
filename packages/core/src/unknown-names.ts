/** Names that nothing is called by: of an option, or of what `identify()` takes. Said with the name that was meant, as far as that can be guessed. */

/**
 * The names that an object of options may have, to be written beside its type: a table that lacks one does not compile. Numbers may
 * stand there with what is known of them.
 */
export type Names<Options> = { readonly [name in keyof Options]-?: true | readonly (number | undefined)[] };

/** What other SDKs, and this one's earlier versions, call it. */
const MEANT: { readonly [name: string]: string } = {
  autocapturePageviews: "pageViews",
  capturePageview: "pageViews",
  trackPageViews: "pageViews",
  writeKey: "apiKey",
  token: "apiKey",
  host: "baseUrl",
  endpoint: "baseUrl",
  apiHost: "baseUrl",
  timeout: "requestTimeoutMs",
  optOut: "disabled",
  logger: "onError",
  channel: "type",
  value: "address",
};

/** Of names this far apart one is no slip for the other: letters in a hundred. */
const MAX_PERCENT_WRONG = 40;

/** `unknown` as it is called in `known`; undefined where nothing is like it. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const meant = MEANT[unknown];
  if (meant !== undefined && known.includes(meant)) return meant;
  const [best] = known
    .map((name) => ({ name, wrong: isWithoutUnit(unknown, name) ? 0 : lettersWrong(unknown, name) }))
    .sort((a, b) => a.wrong - b.wrong);
  return best && best.wrong * 100 <= best.name.length * MAX_PERCENT_WRONG ? best.name : undefined;
}

/** `retryDelay` for `retryDelaySeconds`. */
const isWithoutUnit = (unknown: string, name: string): boolean =>
  unknown.length >= MIN_BEGINNING && name.startsWith(unknown);
const MIN_BEGINNING = 5;

/** Letters to add, to leave out or to change, small ones or large: Levenshtein's distance. */
function lettersWrong(given: string, known: string): number {
  const [one, other] = [given.toLowerCase(), known.toLowerCase()];
  let row = Array.from({ length: other.length + 1 }, (_, length) => length);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const changed = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/**
 * The names in `given` that are not in `known`. A name without a value counts as not given. What is no plain object holds no options: a
 * page may pass `flush` as a listener, which is called with an event.
 */
export function unknownNames(given: unknown, known: Names<object>): string[] {
  if (Object.prototype.toString.call(given) !== "[object Object]") return [];
  const values = given as { readonly [name: string]: unknown };
  const unknown: string[] = [];
  // The quickest way through: identify() comes by here at every call.
  for (const name in values)
    if (!(name in known) && values[name] !== undefined && Object.keys(values).includes(name))
      unknown.push(name);
  return unknown;
}

/** Those options in `given` that have one of these names. */
export function named<Options extends object>(given: Options, names: Names<Options>): Options {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in names)) as Options;
}
