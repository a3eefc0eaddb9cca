/** Deno KV in memory, with its limits; a test can hold commits back or let them fail. */
import type { KvAtomic, KvKey, KvLike } from "../src/kv-api.ts";

const MAX_MUTATIONS = 1000;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_COMMIT_BYTES = 800 * 1024;

export interface FakeKv extends KvLike {
  /** The values, in the order of their keys. */
  readonly values: () => unknown[];
  /** How many changes each commit that succeeded had. */
  readonly commits: readonly number[];
  /** Commits fail with this, while it is set. */
  failure: Error | undefined;
  /** Commits wait for this. */
  gate: Promise<void>;
  put(key: KvKey, value: unknown): void;
}

export function createFakeKv(): FakeKv {
  const stored = new Map<string, { key: KvKey; value: unknown }>();
  const commits: number[] = [];
  const sorted = () => [...stored.values()].sort((a, b) => compare(a.key, b.key));
  const put = (key: KvKey, value: unknown) => void stored.set(JSON.stringify(key), { key, value });

  const kv: FakeKv = {
    values: () => sorted().map(({ value }) => value),
    commits,
    failure: undefined,
    gate: Promise.resolve(),
    put,
    async *list({ prefix }) {
      for (const entry of sorted()) {
        if (prefix.every((part, index) => part === entry.key[index])) yield entry;
      }
    },
    atomic() {
      const changes: (() => void)[] = [];
      let bytes = 0;
      const atomic: KvAtomic = {
        set(key, value) {
          const { length } = value as Uint8Array;
          if (length > MAX_VALUE_BYTES) throw new TypeError("Value too large");
          bytes += length + JSON.stringify(key).length;
          changes.push(() => put(key, value));
          return atomic;
        },
        delete(key) {
          bytes += JSON.stringify(key).length;
          changes.push(() => void stored.delete(JSON.stringify(key)));
          return atomic;
        },
        async commit() {
          await kv.gate;
          if (kv.failure !== undefined) throw kv.failure;
          if (changes.length > MAX_MUTATIONS || bytes > MAX_COMMIT_BYTES)
            throw new TypeError("Too many mutations");
          for (const change of changes) change();
          commits.push(changes.length);
        },
      };
      return atomic;
    },
  };
  return kv;
}

/** Part by part: numbers by their value, before text by its characters. */
function compare(a: KvKey, b: KvKey): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (part === other) continue;
    if (other === undefined) return 1;
    return part < other ? -1 : 1;
  }
  return a.length - b.length;
}
