import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { arrayOutbox, aTrack } from "../../test/operations.ts";
import type { Operation } from "../events/operation.ts";
import { guardedOutbox } from "./guarded-outbox.ts";
import type { AppOutbox } from "./outbox.ts";

const outbox = arrayOutbox();

test.each<[string, unknown]>([
  ["text", "memory"],
  ["true", true],
  ["an array", []],
  ["an object without methods", { size: 0 }],
  ["an outbox without a size", { ...outbox, size: undefined }],
  ["an outbox whose size is a method", { ...outbox, size: () => 0 }],
  ["an outbox whose size is no whole number", { ...outbox, size: Number.NaN }],
  ...["append", "at", "remove"].map((name): [string, unknown] => [
    `an outbox without ${name}()`,
    { ...outbox, [name]: undefined },
  ]),
])("an outbox is not %s", (_name, given) => {
  expect(() => guardedOutbox(given as AppOutbox, () => {})).toThrow(
    "Whisperr: outbox must be an object with size, append, at and remove (got ",
  );
});

test("an outbox is whatever has the methods", () => {
  expect(() => guardedOutbox(arrayOutbox(), () => {})).not.toThrow();
});

/** Throws, before it does what it is told or after that. */
function throwing(when: "before" | "after"): { outbox: ReturnType<typeof guardedOutbox>; said: string[] } {
  const inner = arrayOutbox();
  const said: string[] = [];
  const doing = (action: () => unknown) => {
    if (when === "after") action();
    throw new Error("disk full");
  };
  const given: AppOutbox = {
    get size() {
      return inner.size;
    },
    append: (operation) => doing(() => inner.append(operation as Operation)),
    at: () => doing(() => {}),
    remove: (offset, count) => doing(() => inner.remove(offset, count)),
    inFlight: () => doing(() => {}),
  };
  return { outbox: guardedOutbox(given, (message) => said.push(message)), said };
}

test("what it throws is a value, for as long as it is the last that happened", () => {
  const { outbox, said } = throwing("before");

  outbox.append(aTrack());
  expect(outbox.failure).toBe("disk full");
  expect(outbox.at(0)).toBeUndefined();
  outbox.inFlight?.(1);
  outbox.remove(1, 1);
  expect(outbox.failure).toBe("disk full");
  expect(said).toEqual(Array(4).fill("the outbox failed: disk full"));

  const sound = guardedOutbox(arrayOutbox(), () => {});
  sound.append(aTrack());
  expect([sound.failure, sound.size, sound.at(0)]).toEqual([undefined, 1, aTrack()]);
  expect([sound.at(1), sound.failure], "a place with nothing in it is no failure").toEqual([
    undefined,
    undefined,
  ]);
});

test("what it throws once it has done as it was told is only mentioned", () => {
  const { outbox, said } = throwing("after");

  outbox.append(aTrack());
  expect([outbox.failure, outbox.size]).toEqual([undefined, 1]);
  outbox.remove(0, 1);
  expect([outbox.failure, outbox.size]).toEqual([undefined, 0]);
  expect(said).toHaveLength(2);
});

/** An outbox of which a few things are not as they should be. */
function changed(over: Partial<AppOutbox>): ReturnType<typeof guardedOutbox> {
  const inner = arrayOutbox();
  const given = Object.create(inner) as AppOutbox;
  return guardedOutbox(Object.defineProperties(given, Object.getOwnPropertyDescriptors(over)), () => {});
}

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("disk gone");
    },
  ],
  ["is none", () => undefined],
  ["is text", () => "12"],
])("where its size %s, it is what it must be by what was done", (_what, size) => {
  let isBroken = false;
  const inner = arrayOutbox();
  const outbox = changed({
    ...inner,
    get size() {
      return isBroken ? (size() as number) : inner.size;
    },
  });
  outbox.append(aTrack({ idNumber: 1 }));
  isBroken = true;
  outbox.append(aTrack({ idNumber: 2 }));
  outbox.append(aTrack({ idNumber: 3 }));
  outbox.remove(0, 1);

  expect([outbox.failure, outbox.size]).toEqual([undefined, 2]);
  expect(outbox.at(0)).toEqual(aTrack({ idNumber: 2 }));
});

test("one that does nothing, and says nothing, has failed", () => {
  const outbox = changed({ append() {}, remove() {} });

  outbox.append(aTrack());
  expect(outbox.failure).toBe("its size is wrong");
  outbox.remove(1, 1);
  expect(outbox.failure).toBe("its size is wrong");
});

test("what an async method rejects with ends no process", async () => {
  const inner = arrayOutbox();
  let rejected = 0;
  const outbox = changed({
    ...inner,
    get size() {
      return inner.size;
    },
    async append(operation) {
      inner.append(operation as Operation);
      rejected += 1;
      throw new Error("disk full");
    },
  });
  outbox.append(aTrack());
  await settle();

  expect([rejected, outbox.failure, outbox.size]).toEqual([1, undefined, 1]);
});

test.each<[string, object]>([
  ["its number", { idNumber: undefined }],
  ["its time", { atMs: "yesterday" }],
  ["its context", { context: undefined }],
])("an event that has lost %s cannot be read", (_what, lost) => {
  const outbox = guardedOutbox(arrayOutbox([{ ...aTrack(), ...lost }]), () => {});

  expect(outbox.at(0)).toBeUndefined();
  expect(outbox.failure).toBeDefined();
});

test("one that lets go of more than it was told is taken at its word", () => {
  const inner = arrayOutbox([aTrack({ idNumber: 1 }), aTrack({ idNumber: 2 }), aTrack({ idNumber: 3 })]);
  const outbox = changed({
    ...inner,
    get size() {
      return inner.size;
    },
    remove: (offset, count) => inner.remove(offset, count + 1),
  });
  outbox.remove(0, 1);

  expect([outbox.size, outbox.at(0)]).toEqual([1, aTrack({ idNumber: 3 })]);
});

test("one that throws, and whose size cannot be asked, has taken nothing", () => {
  let isBroken = false;
  const fail = () => {
    throw new Error("disk gone");
  };
  const outbox = changed({
    get size() {
      return isBroken ? fail() : 0;
    },
    append: fail,
  });
  isBroken = true;
  outbox.append(aTrack());
  expect(outbox.failure).toBe("disk gone");
});

test("one that others put something into as well has taken what it was given", () => {
  const inner = arrayOutbox();
  const outbox = changed({
    get size() {
      return inner.size;
    },
    append(operation) {
      inner.append(aTrack());
      inner.append(operation as Operation);
    },
  });
  outbox.append(aTrack());
  expect([outbox.failure, outbox.size]).toEqual([undefined, 2]);
});

test.each([0, 1])(
  "what is queued while it removes, as when it tracks itself, stays: from %d on",
  (offset) => {
    const inner = arrayOutbox([1, 2, 3].map((idNumber) => aTrack({ idNumber })));
    const outbox = changed({
      ...inner,
      get size() {
        return inner.size;
      },
      remove(from, count) {
        inner.remove(from, count);
        outbox.append(aTrack({ idNumber: 4 }));
      },
    });
    outbox.remove(offset, 1);
    expect([outbox.failure, outbox.size]).toEqual([undefined, 3]);
    expect(outbox.at(0)).toEqual(aTrack({ idNumber: offset === 0 ? 2 : 1 }));
  },
);

test("what it does not take while it removes is not counted as taken", () => {
  const inner = arrayOutbox([1, 2, 3].map((idNumber) => aTrack({ idNumber })));
  const outbox = changed({
    ...inner,
    get size() {
      return inner.size;
    },
    append() {
      throw new Error("disk full");
    },
    remove(from, count) {
      inner.remove(from, count);
      outbox.append(aTrack({ idNumber: 4 }));
    },
  });
  outbox.remove(1, 1);
  expect([outbox.failure, outbox.size]).toEqual([undefined, 2]);
});

test("what it does not let go of at the front is out of the way of whatever is done behind it", () => {
  const inner = arrayOutbox([1, 2, 3, 4].map((idNumber) => aTrack({ idNumber })));
  const told: unknown[] = [];
  let isStuck = true;
  const outbox = changed({
    ...inner,
    get size() {
      return inner.size;
    },
    remove(offset, count) {
      told.push([offset, count]);
      if (!isStuck || offset > 0) inner.remove(offset, count);
    },
    inFlight: (count) => void told.push(count),
  });
  outbox.remove(0, 1);
  outbox.inFlight?.(2);
  outbox.inFlight?.(0);
  outbox.remove(1, 1);
  expect(told).toEqual([[0, 1], 3, 0, [2, 1]]);
  isStuck = false;
  outbox.remove(0, 1);
  expect(told.at(-1)).toEqual([0, 2]);
  expect([outbox.size, outbox.at(0)]).toEqual([1, aTrack({ idNumber: 4 })]);
});

test.each<[string, object]>([
  ["properties that are a list", { ...aTrack(), properties: "[]" }],
  ["another kind", { kind: "page", body: "{}" }],
  ["no text", { kind: "identify", body: { external_user_id: "ada" } }],
])("an operation of %s cannot be read", (_of, operation) => {
  const said: string[] = [];
  const outbox = guardedOutbox(arrayOutbox([operation as Operation]), (message) => said.push(message));
  expect(outbox.at(0)).toBeUndefined();
  expect(said).toEqual(["the outbox failed: an operation is unreadable"]);
});
