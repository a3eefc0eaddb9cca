/**
 * One clock for everything in a world. Nothing waits for real: what is due next happens next. Equal times keep the
 * order in which they were set, so a world is the same every time.
 */

/** What a clock that is right shows at the beginning, in ms since 1970. */
export const START_MS = Date.UTC(2026, 5, 14, 12);

export interface VirtualTime {
  /** Since the beginning, in ms; never goes back. */
  readonly elapsedMs: number;
  /** What a device reads as the time of day, in ms since 1970: may be set, and jump. */
  readonly wallMs: number;
  /** Tasks that have run. */
  readonly tasks: number;
  /** Sets the time of day forward by `ms`, or back. Whoever waits, waits as long as before. */
  jump(ms: number): void;
  /** Runs `task` after `delayMs`; returns what calls it off. */
  after(delayMs: number, task: () => void): () => void;
  /** Lets `ms` go by. `afterEach` sees the world after every task, when all that can go on has gone on. */
  advance(ms: number, afterEach: () => void): Promise<void>;
}

interface Task {
  readonly dueMs: number;
  readonly order: number;
  /** Undefined: called off. */
  run: (() => void) | undefined;
}

export function virtualTime(): VirtualTime {
  let elapsedMs = 0;
  let jumpedMs = 0;
  let tasks = 0;
  let order = 0;
  const heap: Task[] = [];

  function after(delayMs: number, run: () => void): () => void {
    const task: Task = { dueMs: elapsedMs + Math.max(0, delayMs), order: order++, run };
    push(heap, task);
    return () => {
      task.run = undefined;
    };
  }

  return {
    get elapsedMs() {
      return elapsedMs;
    },
    get wallMs() {
      return START_MS + Math.floor(elapsedMs) + jumpedMs;
    },
    get tasks() {
      return tasks;
    },
    jump(ms) {
      jumpedMs += ms;
    },
    after,
    async advance(ms, afterEach) {
      const endMs = elapsedMs + ms;
      await settle();
      afterEach();
      for (let next = heap[0]; next !== undefined && next.dueMs <= endMs; next = heap[0]) {
        pop(heap);
        if (next.run === undefined) continue;
        elapsedMs = next.dueMs;
        tasks++;
        next.run();
        await settle();
        afterEach();
      }
      elapsedMs = endMs;
    },
  };
}

/**
 * Returns when every promise that could go on has gone on: ticks come after all microtasks. So a world never leaves the
 * event loop's turn it began in, and nothing else of the process can mix with it.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

const isBefore = (one: Task, other: Task) =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

/** A binary heap: the next task stands at 0, the children of `i` at `2i + 1` and `2i + 2`. */
function push(heap: Task[], task: Task): void {
  let at = heap.length;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt] as Task;
    if (!isBefore(task, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = task;
}

function pop(heap: Task[]): void {
  const last = heap.pop() as Task;
  const { length } = heap;
  if (length === 0) return;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child++;
    if (!isBefore(heap[child] as Task, last)) break;
    heap[at] = heap[child] as Task;
    at = child;
  }
  heap[at] = last;
}
