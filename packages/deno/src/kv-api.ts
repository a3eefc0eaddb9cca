/** The parts of `Deno.Kv` that the outbox uses, typed so that the package compiles without Deno's types. */

/** Sorted part by part; numbers by their value. */
export type KvKey = readonly (string | number)[];

/** What `await Deno.openKv()` gives. */
export interface KvLike {
  list(
    selector: { prefix: KvKey },
    options?: { batchSize?: number },
  ): AsyncIterable<{ readonly key: readonly unknown[]; readonly value: unknown }>;
  atomic(): KvAtomic;
}

/** Changes that happen together or not at all. */
export interface KvAtomic {
  set(key: KvKey, value: unknown): KvAtomic;
  delete(key: KvKey): KvAtomic;
  commit(): Promise<unknown>;
}
