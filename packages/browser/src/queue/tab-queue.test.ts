import { expect, test } from "vitest";
import { newState, type State, type Stored, transition } from "../../test/tab-queue/transition.ts";
import { operation } from "../../test/tab-queue/world.ts";
import type { Entry, TabQueue } from "./state.ts";
import {
  append,
  end,
  found,
  leave,
  lockAnswered,
  look,
  recovered,
  replace,
  scan,
  start,
  take,
} from "./tab-queue.ts";

const state = (more: Partial<State>): State => ({ ...newState(), own: "own", ...more });
const open = (more: Partial<State> = {}): State =>
  state({ isHere: true, maySend: true, hasStarted: true, queues: { own: true }, ...more });

/** `a.0` is record 0 of queue a. */
const entry = (name: string, more: { isHeld?: boolean; isStored?: boolean } = {}): Entry => ({
  key: `q.${name}`,
  operation: operation(1, more.isHeld === true),
  isStored: more.isStored !== false,
});
const [a0, a1, b0, own0] = ["a.0", "a.1", "b.0", "own.0"].map((name) => entry(name)) as [
  Entry,
  Entry,
  Entry,
  Entry,
];
const held = entry("a.9", { isHeld: true });
const texts = { "q.a.0": "text", "q.a.1": "text", "q.b.0": "text", "q.own.0": "text" };

interface Row {
  readonly what: string;
  readonly from: State;
  readonly run: (q: TabQueue) => void;
  readonly stored?: Stored;
  /** What of the state is other than before. */
  readonly becomes: Partial<State>;
  readonly asksFor: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: "a page that starts asks for a queue of its own and looks for those of dead pages",
    from: newState(),
    run: start,
    becomes: { isHere: true, maySend: false, recovery: "finding", own: "new", queues: { new: false } },
    asksFor: ["requestLock new", "find"],
  },
  {
    what: "a page that comes back asks for what it had, and lets go of what others have settled",
    from: state({ isHere: false, maySend: true, hasStarted: true, entries: [a0, a1, b0] }),
    run: start,
    stored: { texts: { "q.a.1": "text", "q.b.0": "" } },
    becomes: {
      isHere: true,
      maySend: false,
      recovery: "finding",
      own: "new",
      queues: { new: false, a: false },
      entries: [a1],
    },
    asksFor: ["requestLock new", "requestLock a", "revoked 2", "revoked 0", "find"],
  },
  {
    what: "a page that is there already does not start",
    from: open(),
    run: start,
    becomes: {},
    asksFor: [],
  },
  {
    what: "the locks of queues that are not this page's are asked for",
    from: state({ isHere: true, maySend: false, recovery: "finding", queues: { own: false } }),
    run: (q) => found(q, ["a", "own", "b"]),
    becomes: { recovery: "locking", queues: { own: false, a: false, b: false } },
    asksFor: ["requestLock a", "requestLock b"],
  },
  {
    what: "records are read when the last lock is answered",
    from: state({ isHere: true, maySend: false, recovery: "locking", queues: { own: true, a: false } }),
    run: (q) => lockAnswered(q, "a", true),
    becomes: { recovery: "reading", queues: { own: true, a: true } },
    asksFor: ["readLocked"],
  },
  {
    what: "records are not read before the last lock is answered",
    from: state({ isHere: true, maySend: false, recovery: "locking", queues: { own: false, a: false } }),
    run: (q) => lockAnswered(q, "a", false),
    becomes: { queues: { own: false } },
    asksFor: [],
  },
  {
    what: "records are not read before it is known which queues there are",
    from: state({ isHere: true, maySend: false, recovery: "finding", queues: { own: false } }),
    run: (q) => lockAnswered(q, "own", true),
    becomes: { queues: { own: true } },
    asksFor: [],
  },
  {
    what: "a page that loses its own queue begins another, and has nothing more of what stands in the lost one",
    from: state({
      isHere: true,
      maySend: false,
      recovery: "locking",
      queues: { own: false },
      written: 3,
      entries: [own0],
    }),
    run: (q) => lockAnswered(q, "own", false),
    stored: { texts },
    becomes: { own: "new", written: 0, queues: { new: false }, entries: [] },
    asksFor: ["requestLock new", "revoked 0"],
  },
  {
    what: "a lock that ends while the page lives is gone",
    from: open({ queues: { own: true, a: true }, entries: [a0] }),
    run: (q) => lockAnswered(q, "a", false),
    becomes: { queues: { own: true } },
    asksFor: [],
  },
  {
    what: "what a page finds as it starts goes in front, and what is held to the end",
    from: state({
      isHere: true,
      maySend: false,
      recovery: "reading",
      queues: { own: true, a: true },
      entries: [own0],
    }),
    run: (q) => recovered(q, [a0, held], 1),
    stored: { texts },
    becomes: { isHere: true, maySend: true, recovery: "none", hasStarted: true, entries: [a0, own0, held] },
    asksFor: ["joined 1 1 1"],
  },
  {
    what: "what a living page finds goes to the end",
    from: open({ recovery: "reading", queues: { own: true, a: true }, entries: [own0] }),
    run: (q) => recovered(q, [a0], 0),
    becomes: { recovery: "none", entries: [own0, a0] },
    asksFor: ["joined 1 0 0"],
  },
  {
    what: "what another page has got meanwhile is let go of before the page is open",
    from: state({
      isHere: true,
      maySend: false,
      recovery: "reading",
      hasStarted: true,
      queues: { own: true },
      entries: [a0, own0],
    }),
    run: (q) => recovered(q, [], 0),
    stored: { texts },
    becomes: { isHere: true, maySend: true, recovery: "none", entries: [own0] },
    asksFor: ["revoked 0", "joined 0 0 0"],
  },
  {
    what: "records that come too late are ignored",
    from: state({ isHere: false, maySend: false }),
    run: (q) => recovered(q, [a0], 0),
    becomes: {},
    asksFor: [],
  },
  {
    what: "a living page looks for others that died",
    from: open(),
    run: scan,
    becomes: { recovery: "finding" },
    asksFor: ["find"],
  },
  {
    what: "a page looks for others once at a time",
    from: open({ recovery: "locking", queues: { a: false } }),
    run: scan,
    becomes: {},
    asksFor: [],
  },
  {
    what: "an operation is stored in the page's own queue",
    from: open({ entries: [a0], written: 1 }),
    run: (q) => append(q, own0.operation),
    becomes: { entries: [a0, { ...own0, key: "q.own.000001" }], written: 2 },
    asksFor: ["store q.own.000001"],
  },
  {
    what: "an operation that finds no room is kept in memory",
    from: open(),
    run: (q) => append(q, own0.operation),
    stored: { isFull: true },
    becomes: { entries: [{ ...own0, key: "q.own.000000", isStored: false }], written: 1 },
    asksFor: ["store q.own.000000"],
  },
  {
    what: "what is to be sent goes before what is held",
    from: open({ entries: [a0, held], written: 1 }),
    run: (q) => append(q, own0.operation),
    becomes: { entries: [a0, { ...own0, key: "q.own.000001" }, held], written: 2 },
    asksFor: ["store q.own.000001"],
  },
  {
    what: "what was held gets its user in its place, also where there is no room for it",
    from: open({ queues: { own: true, a: true }, entries: [a0, held] }),
    run: (q) => replace(q, 1, operation(2, false)),
    stored: { isFull: true },
    becomes: { entries: [a0, { key: "q.a.9", operation: operation(2, false), isStored: false }] },
    asksFor: ["store q.a.9"],
  },
  {
    what: "an event that is held and comes as the page is left is nobody's yet",
    from: state({ isHere: false, maySend: true }),
    run: (q) => append(q, held.operation),
    becomes: { written: 1 },
    asksFor: ["store q.own.000000", "revoked 0"],
  },
  {
    what: "the owner removes what was settled, and keeps the lock: others may not see yet that it is gone",
    from: open({ queues: { own: true, a: true, b: true }, entries: [a0, b0, own0] }),
    run: (q) => take(q, 0, 1),
    becomes: { entries: [b0, own0] },
    asksFor: ["remove q.a.0"],
  },
  {
    what: "the owner removes what found no room, too: a copy may have it",
    from: open({ entries: [entry("own.0", { isStored: false })] }),
    run: (q) => take(q, 0, 1),
    becomes: { entries: [] },
    asksFor: ["remove q.own.0"],
  },
  {
    what: "a page without the lock marks what was settled",
    from: state({ isHere: false, maySend: true, entries: [a0, entry("own.1", { isStored: false })] }),
    run: (q) => take(q, 0, 2),
    becomes: { entries: [] },
    stored: { texts },
    asksFor: ["mark q.a.0"],
  },
  {
    what: "the owner sees what others have settled, and what was cleared away it keeps",
    from: open({ queues: { own: true, a: true, b: true }, entries: [a0, a1, b0, own0] }),
    run: look,
    stored: { texts: { "q.a.0": "", "q.a.1": "text" } },
    becomes: { entries: [a1, b0, own0] },
    asksFor: ["remove q.a.0", "revoked 0"],
  },
  {
    what: "what stands in a queue that was lost is not sent",
    from: open({ entries: [a0, own0] }),
    run: look,
    stored: { texts },
    becomes: { entries: [own0] },
    asksFor: ["revoked 0"],
  },
  {
    what: "a page that was left sends what is still stored, or never was",
    from: state({ isHere: false, maySend: true, entries: [a0, a1, b0, entry("own.0", { isStored: false })] }),
    run: look,
    stored: { texts: { "q.a.0": "text", "q.a.1": "" } },
    becomes: { entries: [a0, entry("own.0", { isStored: false })] },
    asksFor: ["revoked 2", "revoked 1"],
  },
  {
    what: "a page that is left releases everything, and keeps no event that waits for a user",
    from: open({ queues: { own: true, a: true, b: false }, recovery: "locking", entries: [a0, own0, held] }),
    run: leave,
    stored: { texts: { ...texts, "q.a.9": "text" } },
    becomes: { isHere: false, maySend: true, recovery: "none", queues: {}, entries: [a0, own0] },
    asksFor: ["letGo own,a,b", "revoked 2"],
  },
  {
    what: "a page that is left stores again what it wrote and the app has cleared away, or what found no room",
    from: open({
      queues: { own: true, a: true },
      entries: [a0, entry("a.1", { isStored: false }), own0, entry("own.1", { isStored: false })],
    }),
    run: leave,
    becomes: { isHere: false, maySend: true, queues: {}, entries: [a0, a1, own0, entry("own.1")] },
    asksFor: ["store q.a.1", "store q.own.0", "store q.own.1", "letGo own,a"],
  },
  {
    what: "a page that is left stores nothing again that another one has settled, or may have removed",
    from: open({ queues: { own: true, a: true }, entries: [a0, a1] }),
    run: leave,
    stored: { texts: { "q.a.1": "" } },
    becomes: { isHere: false, maySend: true, queues: {} },
    asksFor: ["letGo own,a"],
  },
  {
    what: "a page that is left before it knows what is its own stores nothing again, and sends nothing",
    from: state({
      isHere: true,
      maySend: false,
      recovery: "locking",
      queues: { a: true, own: false },
      entries: [a0],
    }),
    run: leave,
    stored: { texts },
    becomes: { isHere: false, maySend: false, recovery: "none", queues: {} },
    asksFor: ["letGo a,own"],
  },
  {
    what: "a page that is left before it knows what is its own has what it recorded, where nobody else has anything stored",
    from: state({ isHere: true, recovery: "locking", queues: { own: false }, entries: [own0] }),
    run: leave,
    stored: { texts: { "q.own.0": "text" } },
    becomes: { isHere: false, maySend: true, hasStarted: true, recovery: "none", queues: {} },
    asksFor: ["joined 0 0 0", "letGo own"],
  },
  {
    what: "what a page records before it has started is stored nowhere yet",
    from: newState(),
    run: (q) => void append(q, operation(1, false)),
    becomes: { entries: [{ key: "", operation: operation(1, false), isStored: false }] },
    asksFor: [],
  },
  {
    what: "a page that starts stores what it recorded before",
    from: { ...newState(), entries: [{ key: "", operation: operation(1, false), isStored: false }] },
    run: start,
    stored: { texts: { "q.new.000000": "text" } },
    becomes: {
      isHere: true,
      recovery: "finding",
      own: "new",
      written: 1,
      queues: { new: false },
      entries: [{ key: "q.new.000000", operation: operation(1, false), isStored: true }],
    },
    asksFor: ["requestLock new", "store q.new.000000", "find"],
  },
  {
    what: "a page that was left already is left once",
    from: state({ isHere: false, maySend: true, entries: [a0] }),
    run: leave,
    becomes: {},
    asksFor: [],
  },
  {
    what: "a client that was shut down releases everything for good",
    from: open({ entries: [own0] }),
    run: end,
    stored: { texts },
    becomes: { isHere: false, maySend: false, queues: {} },
    asksFor: ["letGo own"],
  },
];

test.each(rows)("$what", ({ from, run, stored, becomes, asksFor }) => {
  const step = transition(from, run, stored);
  expect(step.state).toEqual({ ...from, ...becomes });
  expect(step.effects).toEqual(asksFor);
});

test("a page that was shut down hears of nothing any more", () => {
  const over = state({ isHere: false, maySend: false });
  for (const run of [scan, leave]) expect(transition(over, run)).toEqual({ state: over, effects: [] });
});
