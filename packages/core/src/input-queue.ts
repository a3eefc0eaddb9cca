/**
 * Inputs are handled one after the other, each with all its effects. An app may call back in from `onError`, in the
 * middle of them: what it asks for waits here.
 */
import { type Input, pendingAfter } from "./delivery/input.ts";

export interface InputQueue {
  add(input: Input): void;
  /** Runs `task` now, or, in the middle of a step, when everything that waits is handled. */
  whenIdle(task: () => void): void;
  /** What `pending` operations will be once everything that waits is handled; in the outbox they are that already. */
  pendingAfter(pending: number): number;
}

export interface InputHandler {
  /** Sees an input while it still waits. */
  before(input: Input): void;
  handle(input: Input): void;
  onIdle(): void;
}

export function createInputQueue({ before, handle, onIdle }: InputHandler): InputQueue {
  const inputs: Input[] = [];
  const tasks: (() => void)[] = [];
  let running = false;

  function run(): void {
    running = true;
    try {
      for (let [next] = inputs; next !== undefined; [next] = inputs) {
        before(next);
        inputs.shift();
        handle(next);
      }
    } finally {
      running = false;
    }
    onIdle();
  }

  return {
    add(input) {
      inputs.push(input);
      if (running) return;
      run();
      while (tasks.length > 0) tasks.shift()?.();
    },
    whenIdle(task) {
      if (running) tasks.push(task);
      else task();
    },
    pendingAfter: (pending) => inputs.reduce(pendingAfter, pending),
  };
}
