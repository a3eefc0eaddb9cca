import { describe, expect, test, vi } from "vitest";
import { type TabLocks, tabLocks, type Whose } from "./locks.ts";

/** Lets promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

interface Asked {
  readonly name: string;
  readonly options: LockOptions;
  /** The lock manager's answer; resolves once the lock is free again. */
  readonly answer: (isGranted: boolean) => Promise<unknown>;
  readonly refuse: () => void;
}

/** A lock manager that answers when the test says so, timers that run when it says so, and a page that asks. */
function page(load: () => Promise<TabLocks> = () => Promise.reject(new Error("blocked"))) {
  const asked: Asked[] = [];
  let timers: { callback: () => void; delayMs: number }[] = [];
  const manager = {
    request(name: string, options: LockOptions, callback: (lock: unknown) => unknown) {
      return new Promise((_resolve, reject) => {
        options.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        asked.push({
          name,
          options,
          answer: (isGranted) => Promise.resolve(callback(isGranted ? { name } : null)),
          refuse: () => reject(new Error("refused")),
        });
      });
    },
  };
  const clock = {
    set(callback: () => void, delayMs: number) {
      const timer = { callback, delayMs };
      timers.push(timer);
      return timer;
    },
    clear(timer: unknown) {
      timers = timers.filter((one) => one !== timer);
    },
  };
  const locks = tabLocks(manager as unknown as LockManager, "wr.", clock, load);
  return {
    asked,
    delays: () => timers.map(({ delayMs }) => delayMs),
    fire() {
      const due = timers.splice(0);
      for (const { callback } of due) callback();
    },
    ask(queue: string, whose: Whose) {
      const answers: boolean[] = [];
      return { answers, end: locks.request(queue, whose, (isGranted) => answers.push(isGranted)) };
    },
    locks,
  };
}

const last = <T>(list: readonly T[]): T => list.at(-1) as T;

describe("a lock", () => {
  test.each([true, false])("is the queue's, or another page's (granted: %s)", (isGranted) => {
    const { asked, ask, delays } = page();
    const { answers } = ask("a", "own");
    expect(asked).toMatchObject([{ name: "wr.a", options: { ifAvailable: true } }]);
    void last(asked).answer(isGranted);
    expect([answers, delays()]).toEqual([[isGranted], []]);
  });

  test("is held until its page ends it", async () => {
    const { asked, ask } = page();
    const { end } = ask("a", "own");
    let isFree = false;
    void last(asked)
      .answer(true)
      .then(() => {
        isFree = true;
      });
    await settle();
    expect(isFree).toBe(false);
    end();
    await settle();
    expect(isFree).toBe(true);
  });

  test("that is granted too late is free at once, and nobody hears of it", async () => {
    const { asked, ask, delays } = page();
    const { answers, end } = ask("a", "other");
    end();
    await last(asked).answer(true);
    expect([answers, delays()]).toEqual([[], []]);
  });
});

describe("the lock of a page that was here before", () => {
  test("is waited for", () => {
    const { asked, ask } = page();
    const { answers } = ask("a", "left");
    expect(last(asked).options.ifAvailable).toBeUndefined();
    void last(asked).answer(true);
    expect(answers).toEqual([true]);
  });

  test("is not waited for any longer when another page keeps it", async () => {
    const { asked, ask, delays, fire } = page();
    ask("own", "own");
    void last(asked).answer(true);
    const { answers } = ask("a", "left");
    expect(delays()).toEqual([5000]);
    fire();
    await settle();
    expect(answers).toEqual([false]);
    expect(last(asked).options.signal?.aborted).toBe(true);
    await last(asked).answer(true);
    expect(answers).toEqual([false]);
  });
});

describe("a browser that answers nothing", () => {
  test("keeps nothing back for long, and gives away nothing that a living page may have", () => {
    const { ask, fire, delays } = page();
    const [own, left, other] = [ask("own", "own"), ask("a", "left"), ask("b", "other")];
    fire();
    expect(delays()).toEqual([10_000]);
    fire();
    expect([own, left, other].map(({ answers }) => answers)).toEqual([[true], [false], [false]]);
  });
});

describe("without Web Locks", () => {
  /** Stored locks that grant everything. */
  const stored = (): TabLocks & { readonly calls: string[] } => {
    const calls: string[] = [];
    return {
      calls,
      check: () => void calls.push("check"),
      request(queue, whose, answer) {
        calls.push(`${queue} ${whose}`);
        answer(true);
        return () => void calls.push(`end ${queue}`);
      },
    };
  };

  test("stored ones take their place, loaded once", async () => {
    const instead = stored();
    const load = vi.fn(() => Promise.resolve(instead));
    const { asked, ask, locks, delays } = page(load);
    const own = ask("own", "own");
    const other = ask("b", "other");
    for (const { refuse } of asked) refuse();
    await settle();
    expect([own.answers, other.answers, delays()]).toEqual([[true], [true], []]);
    expect(load).toHaveBeenCalledTimes(1);

    own.end();
    locks.check();
    expect(instead.calls).toEqual(["own own", "b other", "end own", "check"]);
  });

  test("a page that ends before they are loaded asks for none", async () => {
    const instead = stored();
    const { asked, ask } = page(() => Promise.resolve(instead));
    const { answers, end } = ask("own", "own");
    last(asked).refuse();
    end();
    await settle();
    expect([answers, instead.calls]).toEqual([[], []]);
  });

  test("and without their code, a page has what no other page can have", async () => {
    const { asked, ask, locks } = page();
    const pages = (["own", "left", "other"] as const).map((whose) => ask(whose, whose));
    for (const { refuse } of asked) refuse();
    await settle();
    locks.check();
    expect(pages.map(({ answers }) => answers)).toEqual([[true], [true], [false]]);
  });

  test("an old browser has none to ask", async () => {
    const instead = stored();
    const clock = { set: () => 0, clear: () => {} };
    const locks = tabLocks(undefined, "wr.", clock, () => Promise.resolve(instead));
    const answers: boolean[] = [];
    locks.request("own", "own", (isGranted) => answers.push(isGranted));
    await settle();
    expect([answers, instead.calls]).toEqual([[true], ["own own"]]);
  });
});
