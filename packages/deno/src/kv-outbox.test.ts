import { createMemoryOutbox, type Operation, type SharedOutbox, sharing } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeDeno } from "../test/fake-deno.ts";
import { createFakeKv } from "../test/fake-kv.ts";
import { type KvOutbox, openKvOutbox } from "./kv-outbox.ts";

const NOON_MS = Date.parse("2026-06-14T12:00:00.000Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOON_MS });
  vi.stubGlobal("Deno", fakeDeno());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function event(idNumber: number, properties: object = {}): Operation {
  return {
    kind: "track",
    userId: "ada",
    event: "step_taken",
    atMs: NOON_MS,
    idPrefix: "00000000-0000-4000-8000-",
    idNumber,
    properties: JSON.stringify(properties),
    context: "{}",
  };
}

function recordErrors() {
  const errors: string[] = [];
  return { errors, onError: (error: Error) => void errors.push(error.message) };
}

async function microtasks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await undefined;
}

/** What a process finds that starts when those before it are long gone. */
async function reopened(kv: ReturnType<typeof createFakeKv>): Promise<unknown[]> {
  vi.setSystemTime(Date.now() + 3_600_000);
  const { size, at } = await openKvOutbox(kv);
  return Array.from({ length: size }, (_none, index) => at(index));
}

describe("what is queued", () => {
  test("and not stored yet is known when the process ends: what waits, what is being written, and what is too large", async () => {
    const kv = createFakeKv();
    const outbox = (await openKvOutbox(kv, { onError() {} })) as KvOutbox & SharedOutbox;
    const unstored = () => outbox[sharing].unstored?.();
    for (const n of [0, 1]) outbox.append(event(n));
    expect(unstored()).toBe(2);
    const saved = outbox.saved();
    await microtasks(2);
    outbox.append(event(2));
    expect(unstored()).toBe(3);
    await saved;
    expect(unstored()).toBe(0);
    outbox.append(event(3, { text: "long".repeat(200_000) }));
    await outbox.saved();
    expect(unstored()).toBe(1);
    outbox.remove(3, 1);
    outbox.remove(0, 1);
    expect(unstored()).toBe(0);
  });

  test("is there for the next process, in order, across more commits than one", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    const operations = Array.from({ length: 1200 }, (_none, n) => event(n));
    for (const operation of operations) outbox.append(operation);
    expect(await outbox.saved()).toBe(true);
    expect(kv.commits).toEqual([500, 500, 200]);
    expect(await reopened(kv)).toEqual(operations);
  });

  test("stands behind what earlier processes left, even if the clock was set back", async () => {
    const kv = createFakeKv();
    for (const n of [0, 1, 2]) {
      const outbox = await openKvOutbox(kv);
      outbox.append(event(n));
      await outbox.saved();
      // It is killed.
      vi.clearAllTimers();
      vi.setSystemTime(NOON_MS - n * 3_600_000);
    }
    const next = await openKvOutbox(kv);
    expect(next.size).toBe(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect([0, 1, 2].map(next.at)).toEqual([event(0), event(1), event(2)]);
  });

  test("behaves like the memory outbox whatever is taken out, and so does its copy", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    const memory = createMemoryOutbox();
    let n = 0;
    for (const [appended, offset, removed] of [
      [30, 0, 10],
      [5, 3, 20],
      [700, 0, 1],
      [0, 100, 300],
    ] as const) {
      for (let i = 0; i < appended; i++, n++) for (const one of [outbox, memory]) one.append(event(n));
      await outbox.saved();
      for (const one of [outbox, memory]) one.remove(offset, removed);
    }
    const all = Array.from({ length: memory.size }, (_none, index) => memory.at(index));
    expect(Array.from({ length: outbox.size }, (_none, index) => outbox.at(index))).toEqual(all);
    expect(await outbox.saved()).toBe(true);
    expect(await reopened(kv)).toEqual(all);
  });

  test.each(Array.from({ length: 20 }, (_none, turns) => turns))(
    "around the end of a write is written as well, %i turns after it began",
    async (turns) => {
      const kv = createFakeKv();
      const outbox = await openKvOutbox(kv);
      outbox.append(event(0));
      await microtasks(turns);
      outbox.append(event(1));
      await microtasks(50);
      expect(kv.values()).toHaveLength(2);
    },
  );

  test("that is settled before it was written is never written", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    outbox.append(event(0));
    outbox.remove(0, 1);
    expect(await outbox.saved()).toBe(true);
    expect(kv.commits).toEqual([]);
  });

  test("that is settled while it is written is erased again", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    let open = () => {};
    kv.gate = new Promise((resolve) => {
      open = resolve;
    });
    outbox.append(event(0));
    await Promise.resolve();
    outbox.remove(0, 1);
    open();
    expect(await outbox.saved()).toBe(true);
    expect(kv.commits).toEqual([1, 1]);
    expect(kv.values()).toEqual([]);
  });

  test("does not mix with another outbox of the same database", async () => {
    const kv = createFakeKv();
    const billing = await openKvOutbox(kv, { name: "billing" });
    billing.append(event(0));
    await billing.saved();
    expect(await reopened(kv)).toEqual([]);
  });

  test("goes into lanes of their own when two processes share a database", async () => {
    const kv = createFakeKv();
    const [first, second] = [await openKvOutbox(kv), await openKvOutbox(kv)];
    first.append(event(0));
    second.append(event(1));
    await Promise.all([first.saved(), second.saved()]);
    expect(await reopened(kv)).toHaveLength(2);
  });
});

describe("a large operation", () => {
  test("is stored in parts that fit, and comes back whole", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    const large = event(1, { text: "ü€😀".repeat(30_000) });
    for (const operation of [event(0), large, event(2)]) outbox.append(operation);
    expect(await outbox.saved()).toBe(true);
    expect(kv.values().length).toBeGreaterThan(5);
    vi.setSystemTime(NOON_MS + 3_600_000);
    const next = await openKvOutbox(kv);
    expect([0, 1, 2, 3].map(next.at)).toEqual([event(0), large, event(2), undefined]);
    next.remove(0, 3);
    await next.saved();
    expect(kv.keys()).toEqual([]);
  });

  test("that no commit could hold is kept in memory, and said", async () => {
    const kv = createFakeKv();
    const { errors, onError } = recordErrors();
    const outbox = await openKvOutbox(kv, { onError });
    const huge = event(1, { text: "x".repeat(700_000) });
    for (const operation of [event(0), huge, event(2)]) outbox.append(operation);
    expect(await outbox.saved()).toBe(false);
    expect(outbox.at(1)).toEqual(huge);
    expect(errors).toEqual([expect.stringMatching(/700\d+ bytes is more than Deno KV takes/)]);
    expect(await reopened(kv)).toEqual([event(0), event(2)]);
    outbox.remove(0, 2);
    expect(await outbox.saved()).toBe(true);
  });
});

describe("a database that fails", () => {
  test("costs nothing: it is said once, and tried again after a while", async () => {
    const kv = createFakeKv();
    const { errors, onError } = recordErrors();
    const outbox = await openKvOutbox(kv, { onError });
    kv.failure = new Error("disk full");
    for (let n = 0; n < 3; n++) {
      outbox.append(event(n));
      expect(await outbox.saved()).toBe(false);
    }
    expect(errors).toEqual([expect.stringContaining("disk full")]);
    expect(outbox.size).toBe(3);
    kv.failure = undefined;
    await vi.advanceTimersByTimeAsync(1000);
    expect(kv.values()).toHaveLength(3);
    // That of the lease, and that of the next look at what others left.
    expect(vi.getTimerCount()).toBe(2);
    kv.failure = new Error("disk full");
    outbox.append(event(3));
    await outbox.saved();
    expect(errors).toHaveLength(2);
  });

  test("keeps the order of what failed and what came since, and forgets what was settled meanwhile", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv, { onError: () => {} });
    kv.failure = new Error("disk full");
    for (const n of [0, 1]) outbox.append(event(n));
    await outbox.saved();
    outbox.remove(0, 1);
    outbox.append(event(2));
    kv.failure = undefined;
    expect(await outbox.saved()).toBe(true);
    expect(await reopened(kv)).toEqual([event(1), event(2)]);
  });

  test("is said on the console by default, and an onError that throws harms nothing", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const throwing = () => {
      throw new Error("a callback of the app failed");
    };
    for (const options of [{}, { onError: throwing }]) {
      const kv = createFakeKv();
      const outbox = await openKvOutbox(kv, options);
      kv.failure = new Error("disk full");
      outbox.append(event(0));
      expect(await outbox.saved()).toBe(false);
    }
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^\[whisperr\] .*disk full/)]]);
    warn.mockRestore();
  });
});

describe("what stands in the database", () => {
  test("but is no operation is dropped, said and erased; the rest is delivered", async () => {
    const kv = createFakeKv();
    const outbox = await openKvOutbox(kv);
    outbox.append(event(0));
    await outbox.saved();
    const lane = ["whisperr", "default", "zzzzzzzzz12345678"];
    for (const [n, value] of ["text", 5, new TextEncoder().encode('{"kind":"track"}'), null].entries())
      kv.put([...lane, n, 0], value);
    const { errors, onError } = recordErrors();
    vi.setSystemTime(NOON_MS + 3_600_000);
    const next = await openKvOutbox(kv, { onError });
    expect([next.size, next.at(0)]).toEqual([1, event(0)]);
    expect(errors).toEqual([expect.stringContaining("4 stored operations were damaged")]);
    await next.saved();
    expect(kv.values()).toHaveLength(1);
  });
});

test.each([
  [undefined, {}, /takes what Deno.openKv\(\) gives/],
  [createFakeKv(), { name: "" }, /1 to 64 characters/],
  [createFakeKv(), { name: "x".repeat(65) }, /1 to 64 characters/],
])("misuse is refused, with the fix (%#)", async (kv, options, message) => {
  await expect(openKvOutbox(kv as never, options)).rejects.toThrow(message);
});
