/** Names that nothing is called by: of an option, or of what `identify()` takes. Said with the name that was meant, as far as that can be guessed. */

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
  batchSize: "maxBatchSize",
  retries: "maxRetries",
  timeout: "requestTimeoutMs",
  enabled: "disabled",
  optOut: "disabled",
  logger: "onError",
};

/** Of names this far apart one is no slip for the other: letters in a hundred. */
const MAX_PERCENT_WRONG = 40;

/** `unknown` as it is called in `known`; undefined where nothing is like it. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const meant = MEANT[unknown];
  if (meant !== undefined && known.includes(meant)) return meant;
  const [best] = known
    .map((name) => ({ name, wrong: lettersWrong(unknown.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.wrong - b.wrong);
  return best && best.wrong * 100 <= best.name.length * MAX_PERCENT_WRONG ? best.name : undefined;
}

/** Letters to add, to leave out or to change: Levenshtein's distance. */
function lettersWrong(one: string, other: string): number {
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

/** The names in `given` that are not in `known`. What stands there without a value was not given. */
export function unknownNames(given: object, known: readonly string[]): string[] {
  try {
    return Object.keys(given).filter(
      (name) => !known.includes(name) && (given as { [name: string]: unknown })[name] !== undefined,
    );
  } catch {
    // A getter or a proxy that throws where nobody would have looked.
    return [];
  }
}
