/** The machine as a pure function, for tests that go through states one by one: a copied record, and effects written down. */
import type { TabQueue } from "../../src/queue/state.ts";
import type { Effects } from "../../src/queue/tab-queue.ts";

export interface Step {
  readonly state: TabQueue;
  /** What was asked for, in order: `requestLock b`, `joined 1 0 true`. Questions to the storage are none of them. */
  readonly effects: readonly string[];
}

/** What the storage answers. */
export interface Stored {
  /** By key; empty where an operation was settled. Default: nothing is stored. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly isFull?: boolean;
}

/** `run` applied to a copy of `state`. */
export function transition(
  state: TabQueue,
  run: (q: TabQueue, fx: Effects) => void,
  { texts = {}, isFull = false }: Stored = {},
): Step {
  const q = structuredClone(state);
  const effects: string[] = [];
  const note =
    (name: string) =>
    (...given: unknown[]) =>
      void effects.push([name, ...given].join(" "));
  run(q, {
    newId: () => "new",
    requestLock: note("requestLock"),
    freeLock: note("freeLock"),
    find: note("find"),
    readLocked: note("readLocked"),
    get: (key) => texts[key] ?? null,
    set(key, text) {
      effects.push(`${text === "" ? "mark" : "store"} ${key}`);
      return !isFull;
    },
    remove: note("remove"),
    leaveBehind: note("leaveBehind"),
    revoked: note("revoked"),
    joined: note("joined"),
  });
  return { state: q, effects };
}
