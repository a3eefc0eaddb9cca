/**
 * What all copies of this package on one page share, however often it was loaded or bundled: the clients there are, and
 * the bytes that requests under way take of the browser's keepalive budget.
 */
export interface Shared {
  /** By API key. */
  readonly clients: Map<string, object>;
  keepaliveBytes: number;
}

export function sharedByPage(): Shared {
  const page = globalThis as { [key: symbol]: Shared | undefined };
  const key = Symbol.for("whisperr.browser");
  page[key] ??= { clients: new Map(), keepaliveBytes: 0 };
  return page[key];
}
