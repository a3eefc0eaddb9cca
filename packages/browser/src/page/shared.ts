/**
 * What all copies of this package on one page share, however often it was loaded or bundled: the clients there are, and
 * what their requests take of the browser's keepalive budget.
 */
import type { DeviceCalls } from "@whisperr/core";

export interface KeepaliveUse {
  readonly bytes: number;
  /** NaN while it is under way. */
  endedAtMs: number;
}

export interface Given {
  readonly options: object;
  readonly said: Set<string>;
  /** Of a page: its calls, as they concern this client and no other. */
  readonly api?: Pick<DeviceCalls, "optOut" | "optIn">;
}

export interface Shared {
  readonly version: number;
  /** By API key. */
  readonly clients: Map<string, object>;
  readonly keepalive: Set<KeepaliveUse>;
  /** What the clients were made with, and what was said of options that they ignore. */
  readonly given: WeakMap<object, Given>;
  /** Of options that make no sense. */
  readonly said: Set<string>;
}

/** Changes with the above. */
const VERSION = 1;

export const newShared = (): Shared => ({
  version: VERSION,
  clients: new Map(),
  keepalive: new Set(),
  given: new WeakMap(),
  said: new Set(),
});

/** A copy of another version, which came first, is left alone: neither could read what the other writes. */
export function sharedByPage(): Shared {
  const page = globalThis as { [key: symbol]: Shared | undefined };
  const made = newShared();
  try {
    for (const name of ["whisperr.browser", `whisperr.browser.${VERSION}`]) {
      const key = Symbol.for(name);
      page[key] ??= made;
      if (page[key].version === VERSION) return page[key];
    }
  } catch {
    // The page has frozen its global object.
  }
  return made;
}
