import { expect, test } from "vitest";
import { appended, flushRequested, inputName, timerFired, withdrawn } from "../test/machine-builders.ts";
import type { Input } from "./delivery/input.ts";
import { createInputQueue, type InputQueue } from "./input-queue.ts";

/** A queue that writes down what happens; `during` is called in the middle of each step. */
function recorded(during: (input: Input, queue: InputQueue) => void = () => {}) {
  const happened: string[] = [];
  const queue = createInputQueue({
    before: (input) => happened.push(`before ${inputName(input)}`),
    handle(input) {
      happened.push(`begin ${inputName(input)}`);
      during(input, queue);
      happened.push(`end ${inputName(input)}`);
    },
    onIdle: () => happened.push("idle"),
  });
  return { queue, happened };
}

test("what is added in the middle of a step waits for its end", () => {
  const { queue, happened } = recorded((input, inner) => {
    if (input.type === "flushRequested") inner.add(timerFired);
  });
  queue.add(flushRequested);

  expect(happened).toEqual([
    "before flushRequested",
    "begin flushRequested",
    "end flushRequested",
    "before timerFired",
    "begin timerFired",
    "end timerFired",
    "idle",
  ]);
});

test("a task runs at once, or, in the middle of a step, when everything that waits is handled", () => {
  const { queue, happened } = recorded((input, inner) => {
    if (input.type !== "flushRequested") return;
    inner.whenIdle(() => happened.push("first task"));
    inner.whenIdle(() => happened.push("second task"));
    inner.add(timerFired);
  });
  queue.whenIdle(() => happened.push("task"));
  queue.add(flushRequested);

  expect(happened.filter((line) => !line.startsWith("b"))).toEqual([
    "task",
    "end flushRequested",
    "end timerFired",
    "idle",
    "first task",
    "second task",
  ]);
});

test("in the middle of a step, operations count as they will when what waits is handled", () => {
  const counts: number[] = [];
  const { queue } = recorded((input, inner) => {
    if (input.type !== "flushRequested") return;
    inner.add(appended(3));
    inner.add(withdrawn(0, 1));
    counts.push(inner.pendingAfter(10));
  });
  queue.add(flushRequested);

  expect([...counts, queue.pendingAfter(10)]).toEqual([12, 10]);
});

test("after a step that failed, the next one is handled", () => {
  let failing = true;
  const { queue, happened } = recorded(() => {
    if (failing) throw new Error("mine");
  });
  expect(() => queue.add(timerFired)).toThrow("mine");
  failing = false;
  queue.add(flushRequested);

  expect(happened.slice(-2)).toEqual(["end flushRequested", "idle"]);
});
