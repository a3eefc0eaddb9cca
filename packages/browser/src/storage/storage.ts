/**
 * The browser's storage as far as the SDK uses it: small texts under keys of its own. Never throws: storage may be
 * blocked, full, or emptied by the page at any time.
 */
import { attempt } from "@whisperr/core";

export interface Storage {
  /** In any order: with a thousand of them, sorting takes longer than all else. */
  keys(): string[];
  /** Undefined where that cannot be read now. */
  get(key: string): string | null | undefined;
  /** False when there was no room. */
  set(key: string, text: string): boolean;
  remove(key: string): void;
  /** False when the last operation was refused for a limit of the SDK's own: that is no failure. */
  readonly hasRoom?: () => boolean;
  /** Records that may have outlived the storage; undefined when they cannot be read. */
  readonly backup?: () => Promise<Copy | undefined>;
}

/** Records by key. */
export type Copy = ReadonlyMap<string, string>;

/** For pages that store nothing. */
export const nowhere: Storage = { keys: () => [], get: () => null, set: () => false, remove: () => {} };

/** For pages that store nothing, and still look. */
export const readOnly = ({ keys, get }: Storage): Storage => ({ ...nowhere, keys, get });

/** `prefix` is put before every key. `nowhere` where storage is blocked. */
export const openStorage = (prefix: string, kind: "localStorage" | "sessionStorage"): Storage =>
  attempt<Storage>(() => {
    const store = window[kind];
    // Some browsers hand the storage out and refuse its use.
    store.getItem(prefix);
    // Not so one that a test made up.
    let keeps = false;
    return {
      keys: () =>
        attempt(() => Object.keys(store), [])
          .filter((key) => key.startsWith(prefix))
          .map((key) => key.slice(prefix.length)),
      // One that a page made up may give anything; an empty text is what was settled.
      get: (key) =>
        attempt(() => {
          const text: unknown = store.getItem(prefix + key);
          return typeof text === "string" ? text : null;
        }, undefined),
      set: (key, text) =>
        attempt(() => {
          store.setItem(prefix + key, text);
          keeps ||= store.getItem(prefix + key) === text;
          return keeps;
        }, false),
      remove: (key) => attempt(() => store.removeItem(prefix + key)),
    };
  }, nowhere);

/**
 * A namespace per key, so that two of them on one origin never meet: 64 bits of it, in two halves that do not follow from each
 * other. Not the key itself: storage is not the place for it.
 */
export const storagePrefix = (apiKey: string): string =>
  `wr1.${hash(apiKey, 0x9e37_79b1)}${hash(apiKey, 0x0100_0193)}.`;

function hash(text: string, factor: number): string {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, factor) + (character.codePointAt(0) as number)) | 0;
  return (hash >>> 0).toString(36);
}
