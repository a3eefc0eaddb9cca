/** Deno KV in memory, with its limits; a test can hold commits back or let them fail. */
import type { KvAtomic, KvEntry, KvKey, KvLike } from "../src/kv-api.ts";

const MAX_CHECKS = 100;
const MAX_MUTATIONS = 1000;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_COMMIT_BYTES = 800 * 1024;

export interface FakeKv extends KvLike {
  /** The values of stored operations, in the order of their keys. */
  readonly values: () => unknown[];
  /** All keys, in their order. */
  readonly keys: () => KvKey[];
  /** How many parts of operations each commit that succeeded had changed, if any. */
  readonly commits: readonly number[];
  /** Commits fail with this, while it is set. */
  failure: Error | undefined;
  /** What fails was done nevertheless, and only the answer is lost. */
  losesAnswers: boolean;
  /** Commits wait for this. */
  gate: Promise<void>;
  put(key: KvKey, value: unknown): void;
}

const OPERATIONS = "whisperr";

export function createFakeKv(): FakeKv {
  const stored = new Map<string, { key: KvKey; value: unknown; versionstamp: string }>();
  const commits: number[] = [];
  let version = 0;
  /** Later ones sort behind earlier ones, as texts. */
  const stamp = () => String(version).padStart(20, "0");
  const sorted = () => [...stored.values()].sort((a, b) => compare(a.key, b.key));
  const versionOf = (key: KvKey) => stored.get(JSON.stringify(key))?.versionstamp ?? null;
  const put = (key: KvKey, value: unknown) =>
    void stored.set(JSON.stringify(key), { key, value, versionstamp: stamp() });

  const kv: FakeKv = {
    keys: () => sorted().map(({ key }) => key),
    values: () =>
      sorted()
        .filter(({ key }) => key[0] === OPERATIONS)
        .map(({ value }) => value),
    commits,
    failure: undefined,
    losesAnswers: false,
    gate: Promise.resolve(),
    put,
    async get(key): Promise<KvEntry> {
      return stored.get(JSON.stringify(key)) ?? { key, value: null, versionstamp: null };
    },
    async *list(selector, { limit = Infinity }) {
      const { prefix } = selector;
      let left = limit;
      for (const entry of sorted()) {
        if (!prefix.every((part, index) => part === entry.key[index])) continue;
        if ("start" in selector && compare(entry.key, selector.start) < 0) continue;
        if (left-- <= 0) return;
        yield entry;
      }
    },
    atomic() {
      const checks: { key: KvKey; versionstamp: string | null }[] = [];
      const changes: (() => void)[] = [];
      let bytes = 0;
      let operations = 0;
      const change = (key: KvKey, length: number, make: () => void) => {
        if (length > MAX_VALUE_BYTES) throw new TypeError("Value too large");
        bytes += length + JSON.stringify(key).length;
        if (key[0] === OPERATIONS) operations++;
        changes.push(make);
        return atomic;
      };
      const atomic: KvAtomic = {
        check(entry) {
          checks.push(entry);
          return atomic;
        },
        set: (key, value) => change(key, (value as Uint8Array).length ?? 8, () => put(key, value)),
        delete: (key) => change(key, 0, () => void stored.delete(JSON.stringify(key))),
        async commit() {
          await kv.gate;
          const { failure } = kv;
          if (failure !== undefined && !kv.losesAnswers) throw failure;
          if (checks.length > MAX_CHECKS) throw new TypeError("Too many checks");
          if (changes.length > MAX_MUTATIONS || bytes > MAX_COMMIT_BYTES)
            throw new TypeError("Too many mutations");
          if (checks.some(({ key, versionstamp }) => versionOf(key) !== versionstamp)) return { ok: false };
          version++;
          for (const make of changes) make();
          if (operations > 0) commits.push(operations);
          if (failure !== undefined) throw failure;
          return { ok: true, versionstamp: stamp() };
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
