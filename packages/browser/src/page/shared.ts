/**
 * What all copies of this package on one page share, however often it was loaded or bundled: the clients there are, and
 * what their requests take of the browser's keepalive budget.
 */
export interface KeepaliveUse {
  readonly bytes: number;
  /** NaN while it is under way. */
  endedAtMs: number;
}

export interface Shared {
  /** By API key. */
  readonly clients: Map<string, object>;
  readonly keepalive: Set<KeepaliveUse>;
  /** What the clients were made with, and what was said of options that they ignore. */
  readonly given: WeakMap<object, { readonly options: object; readonly said: Set<string> }>;
  /** Of options that make no sense. */
  readonly said: Set<string>;
}

/** Changes with the above: a copy of another version shares nothing, for it could not read it. */
const VERSION = 1;

export const newShared = (): Shared => ({
  clients: new Map(),
  keepalive: new Set(),
  given: new WeakMap(),
  said: new Set(),
});

export function sharedByPage(): Shared {
  const page = globalThis as { [key: symbol]: Shared | undefined };
  const key = Symbol.for(`whisperr.browser.${VERSION}`);
  try {
    page[key] ??= newShared();
  } catch {
    // The page has frozen its global object.
  }
  return page[key] ?? newShared();
}
