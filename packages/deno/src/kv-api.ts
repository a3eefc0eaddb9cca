/** The parts of `Deno.Kv` that the outbox uses, typed so that the package compiles without Deno's types. */

/** Sorted part by part; numbers by their value. */
export type KvKey = readonly (string | number)[];

/** What `await Deno.openKv()` gives. */
export interface KvLike {
  /** Reads the values whose keys begin with a prefix. */
  list(
    selector: { prefix: KvKey },
    options?: { batchSize?: number },
  ): AsyncIterable<{ readonly key: readonly unknown[]; readonly value: unknown }>;
  /** Begins a change that happens as a whole or not at all. */
  atomic(): KvAtomic;
}

/** Changes that happen together or not at all. */
export interface KvAtomic {
  /** Puts a value. */
  set(key: KvKey, value: unknown): KvAtomic;
  /** Removes a value. */
  delete(key: KvKey): KvAtomic;
  /** Makes the change. */
  commit(): Promise<unknown>;
}
