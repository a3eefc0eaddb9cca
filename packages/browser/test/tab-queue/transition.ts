/** The machine as a pure function, for tests that go through states one by one: a copied record, and effects written down. */
import { newTabQueue, type TabQueue } from "../../src/queue/state.ts";
import { queueOf } from "../../src/storage/keys.ts";

/** The plain part of the record. */
export type State = Omit<TabQueue, "tabEffects">;

export const newState: () => State = newTabQueue;

export interface Step {
  readonly state: State;
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
  state: State,
  run: (q: TabQueue) => void,
  { texts = {}, isFull = false }: Stored = {},
): Step {
  const effects: string[] = [];
  const note =
    (name: string) =>
    (...given: unknown[]) =>
      void effects.push([name, ...given].join(" "));
  const q: TabQueue = {
    ...structuredClone(state),
    tabEffects: {
      newId: () => "new",
      requestLock: note("requestLock"),
      find: note("find"),
      readLocked: note("readLocked"),
      isAlone: () => Object.keys(texts).every((key) => queueOf(key) === q.own),
      get: (key) => texts[key] ?? null,
      set(key, text) {
        effects.push(`${text === "" ? "mark" : "store"} ${key}`);
        return !isFull;
      },
      remove: note("remove"),
      letGo: note("letGo"),
      revoked: note("revoked"),
      joined: note("joined"),
    },
  };
  run(q);
  const { tabEffects: _effects, ...after } = q;
  return { state: after, effects };
}
