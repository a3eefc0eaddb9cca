import { expect, test } from "vitest";
import { type Stored, transition } from "../../test/tab-queue/transition.ts";
import { operation } from "../../test/tab-queue/world.ts";
import { type Entry, newTabQueue, type TabQueue } from "./state.ts";
import {
  append,
  type Effects,
  end,
  found,
  leave,
  lockAnswered,
  look,
  maySend,
  recovered,
  scan,
  start,
  take,
} from "./tab-queue.ts";

const state = (more: Partial<TabQueue>): TabQueue => ({ ...newTabQueue(), own: "own", ...more });
const open = (more: Partial<TabQueue> = {}): TabQueue =>
  state({ stage: "open", hasStarted: true, locked: ["own"], ...more });

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
  readonly from: TabQueue;
  readonly run: (q: TabQueue, fx: Effects) => void;
  readonly stored?: Stored;
  /** What of the state is other than before. */
  readonly becomes: Partial<TabQueue>;
  readonly asksFor: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: "a page that starts asks for a queue of its own and looks for those of dead pages",
    from: newTabQueue(),
    run: start,
    becomes: { stage: "starting", recovery: "finding", own: "new", asked: ["new"] },
    asksFor: ["requestLock new", "find"],
  },
  {
    what: "a page that comes back asks for what it had, and lets go of what others have settled",
    from: state({ stage: "leaving", hasStarted: true, entries: [a0, a1, b0] }),
    run: start,
    stored: { texts: { "q.a.1": "text", "q.b.0": "" } },
    becomes: { stage: "starting", recovery: "finding", own: "new", asked: ["new", "a"], entries: [a1] },
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
    from: state({ stage: "starting", recovery: "finding", asked: ["own"] }),
    run: (q, fx) => found(q, fx, ["a", "own", "b"]),
    becomes: { recovery: "locking", asked: ["own", "a", "b"] },
    asksFor: ["requestLock a", "requestLock b"],
  },
  {
    what: "records are read when the last lock is answered",
    from: state({ stage: "starting", recovery: "locking", locked: ["own"], asked: ["a"] }),
    run: (q, fx) => lockAnswered(q, fx, "a", true),
    becomes: { recovery: "reading", locked: ["own", "a"], asked: [] },
    asksFor: ["readLocked"],
  },
  {
    what: "records are not read before the last lock is answered",
    from: state({ stage: "starting", recovery: "locking", asked: ["own", "a"] }),
    run: (q, fx) => lockAnswered(q, fx, "a", false),
    becomes: { asked: ["own"] },
    asksFor: [],
  },
  {
    what: "records are not read before it is known which queues there are",
    from: state({ stage: "starting", recovery: "finding", asked: ["own"] }),
    run: (q, fx) => lockAnswered(q, fx, "own", true),
    becomes: { locked: ["own"], asked: [] },
    asksFor: [],
  },
  {
    what: "a page that loses its own queue begins another",
    from: state({ stage: "starting", recovery: "locking", asked: ["own"], written: 3 }),
    run: (q, fx) => lockAnswered(q, fx, "own", false),
    becomes: { own: "new", written: 0, asked: ["new"] },
    asksFor: ["requestLock new"],
  },
  {
    what: "a lock that ends while the page lives is gone",
    from: open({ locked: ["own", "a"], entries: [a0] }),
    run: (q, fx) => lockAnswered(q, fx, "a", false),
    becomes: { locked: ["own"] },
    asksFor: [],
  },
  {
    what: "what a page finds as it starts goes in front, and what is held to the end",
    from: state({ stage: "starting", recovery: "reading", locked: ["own", "a"], entries: [own0] }),
    run: (q, fx) => recovered(q, fx, [a0, held], 1, 5000),
    stored: { texts },
    becomes: { stage: "open", recovery: "none", hasStarted: true, entries: [a0, own0, held] },
    asksFor: ["joined 1 1 true 1 5000"],
  },
  {
    what: "what a living page finds goes to the end",
    from: open({ recovery: "reading", locked: ["own", "a"], entries: [own0] }),
    run: (q, fx) => recovered(q, fx, [a0], 0, 0),
    becomes: { recovery: "none", entries: [own0, a0] },
    asksFor: ["joined 1 0 false 0 0"],
  },
  {
    what: "what another page has got meanwhile is let go of before the page is open",
    from: state({
      stage: "starting",
      recovery: "reading",
      hasStarted: true,
      locked: ["own"],
      entries: [a0, own0],
    }),
    run: (q, fx) => recovered(q, fx, [], 0, 0),
    stored: { texts },
    becomes: { stage: "open", recovery: "none", entries: [own0] },
    asksFor: ["revoked 0", "joined 0 0 false 0 0"],
  },
  {
    what: "records that come too late are ignored",
    from: state({ stage: "away" }),
    run: (q, fx) => recovered(q, fx, [a0], 0, 0),
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
    from: open({ recovery: "locking", asked: ["a"] }),
    run: scan,
    becomes: {},
    asksFor: [],
  },
  {
    what: "a client that is being shut down looks for no others",
    from: open({ isStopping: true }),
    run: scan,
    becomes: {},
    asksFor: [],
  },
  {
    what: "a client that is being shut down reads nothing of a queue that it gets now",
    from: open({ isStopping: true, recovery: "locking", asked: ["a"] }),
    run: (q, fx) => lockAnswered(q, fx, "a", true),
    becomes: { recovery: "none", asked: [], locked: ["own", "a"] },
    asksFor: ["joined 0 0 false 0 0"],
  },
  {
    what: "an operation is stored in the page's own queue",
    from: open({ entries: [a0], written: 1 }),
    run: (q, fx) => append(q, fx, own0.operation),
    becomes: { entries: [a0, { ...own0, key: "q.own.000001" }], written: 2 },
    asksFor: ["store q.own.000001"],
  },
  {
    what: "an operation that finds no room is kept in memory",
    from: open(),
    run: (q, fx) => append(q, fx, own0.operation),
    stored: { isFull: true },
    becomes: { entries: [{ ...own0, key: "q.own.000000", isStored: false }], written: 1 },
    asksFor: ["store q.own.000000"],
  },
  {
    what: "an event that is held and comes as the page is left is nobody's yet",
    from: state({ stage: "leaving" }),
    run: (q, fx) => append(q, fx, held.operation),
    becomes: { written: 1 },
    asksFor: ["store q.own.000000", "revoked 0"],
  },
  {
    what: "the owner removes what was settled, and keeps the lock: others may not see yet that it is gone",
    from: open({ locked: ["own", "a", "b"], entries: [a0, b0, own0] }),
    run: (q, fx) => take(q, fx, 0, 1),
    becomes: { entries: [b0, own0] },
    asksFor: ["remove q.a.0"],
  },
  {
    what: "a page without the lock marks what was settled",
    from: state({ stage: "leaving", entries: [a0, entry("own.1", { isStored: false })] }),
    run: (q, fx) => take(q, fx, 0, 2),
    becomes: { entries: [] },
    stored: { texts },
    asksFor: ["mark q.a.0"],
  },
  {
    what: "the owner sees what others have settled, and what was cleared away it keeps",
    from: open({ locked: ["own", "a", "b"], entries: [a0, a1, b0, own0] }),
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
    from: state({ stage: "leaving", entries: [a0, a1, b0, entry("own.0", { isStored: false })] }),
    run: look,
    stored: { texts: { "q.a.0": "text", "q.a.1": "" } },
    becomes: { entries: [a0, entry("own.0", { isStored: false })] },
    asksFor: ["revoked 2", "revoked 1"],
  },
  {
    what: "a page that is left releases everything, and keeps no event that waits for a user",
    from: open({ locked: ["own", "a"], asked: ["b"], recovery: "locking", entries: [a0, own0, held] }),
    run: leave,
    stored: { texts: { ...texts, "q.a.9": "text" } },
    becomes: { stage: "leaving", recovery: "none", locked: [], asked: [], entries: [a0, own0] },
    asksFor: ["leaveBehind own,a,b", "freeLock own", "freeLock a", "freeLock b", "revoked 2"],
  },
  {
    what: "a page that is left stores again what the app has cleared away, or what found no room",
    from: open({ locked: ["own", "a"], entries: [a0, a1, entry("own.0", { isStored: false })] }),
    run: leave,
    stored: { texts: { "q.a.1": "" } },
    becomes: { stage: "leaving", locked: [], entries: [a0, a1, own0] },
    asksFor: ["store q.a.0", "store q.own.0", "leaveBehind own,a", "freeLock own", "freeLock a"],
  },
  {
    what: "a page that is left before it knows what is its own stores nothing again, and sends nothing",
    from: state({ stage: "starting", recovery: "locking", locked: ["a"], asked: ["own"], entries: [a0] }),
    run: leave,
    becomes: { stage: "away", recovery: "none", locked: [], asked: [] },
    asksFor: ["leaveBehind a,own", "freeLock a", "freeLock own"],
  },
  {
    what: "a page that was left already is left once",
    from: state({ stage: "leaving", entries: [a0] }),
    run: leave,
    becomes: {},
    asksFor: [],
  },
  {
    what: "a client that was shut down releases everything for good",
    from: open({ isStopping: true, entries: [own0] }),
    run: end,
    stored: { texts },
    becomes: { stage: "over", locked: [] },
    asksFor: ["leaveBehind own", "freeLock own"],
  },
];

test.each(rows)("$what", ({ from, run, stored, becomes, asksFor }) => {
  const step = transition(from, run, stored);
  expect(step.state).toEqual({ ...from, ...becomes });
  expect(step.effects).toEqual(asksFor);
});

test("only a page that is open, or was so until it was left, sends", () => {
  const stages = (["starting", "open", "leaving", "away", "over"] as const).map((stage) =>
    maySend(state({ stage })),
  );
  expect(stages).toEqual([false, true, true, false, false]);
});

test("a page that was shut down hears of nothing any more", () => {
  const over = state({ stage: "over" });
  for (const run of [scan, leave]) expect(transition(over, run)).toEqual({ state: over, effects: [] });
});
