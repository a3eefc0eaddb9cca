/** The parts of `Deno.Kv` that the outbox uses, typed so that the package compiles without Deno's types. */

/** Sorted part by part; numbers by their value. */
export type KvKey = readonly (string | number)[];

/** What a key holds. */
export interface KvEntry {
  /** Where it stands. */
  readonly key: readonly unknown[];
  /** What stands there; null where there is nothing. */
  readonly value: unknown;
  /** Another one after each change; null where there is nothing. */
  readonly versionstamp: string | null;
}

/** How a read sees what others wrote a moment ago: all of it. */
export interface KvReading {
  /** Never a copy that is behind. */
  readonly consistency: "strong";
}

/** What `await Deno.openKv()` gives. */
export interface KvLike {
  /** Reads one value. */
  get(key: KvKey, options: KvReading): Promise<KvEntry>;
  /** Reads the values whose keys begin with a prefix, from `start` on. */
  list(
    selector: { prefix: KvKey } | { prefix: KvKey; start: KvKey },
    options: KvReading & { batchSize?: number; limit?: number },
  ): AsyncIterable<KvEntry>;
  /** Begins a change that happens as a whole or not at all. */
  atomic(): KvAtomic;
}

/** Changes that happen together or not at all. */
export interface KvAtomic {
  /** It happens only if this has not changed. */
  check(entry: { readonly key: KvKey; readonly versionstamp: string | null }): KvAtomic;
  /** Puts a value, for `expireIn` ms or for good. */
  set(key: KvKey, value: unknown, options?: { readonly expireIn?: number }): KvAtomic;
  /** Removes a value. */
  delete(key: KvKey): KvAtomic;
  /** Makes the change, or says that something has changed meanwhile. */
  commit(): Promise<KvCommit | KvCommitError>;
}

/** The change was made. */
export interface KvCommit {
  /** It was. */
  readonly ok: true;
  /** Of all that was put. */
  readonly versionstamp: string;
}

/** A check failed. */
export interface KvCommitError {
  /** Nothing was changed. */
  readonly ok: false;
}
