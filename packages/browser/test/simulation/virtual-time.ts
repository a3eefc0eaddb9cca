/** One clock for all pages and the network. Nothing waits for real: what is due next happens next. */
export interface VirtualTime {
  /** Since the beginning; never goes back. */
  readonly elapsedMs: number;
  /** What a page reads as the time of day: may be set, and jump. */
  readonly wallMs: number;
  jump(ms: number): void;
  /** Runs `task` after `delayMs`; returns what calls it off. */
  after(delayMs: number, task: () => void): () => void;
  /** Lets `ms` go by. `afterEach` sees the world after every task, when all that can go on has gone on. */
  advance(ms: number, afterEach: () => void): Promise<void>;
}

interface Task {
  readonly dueMs: number;
  readonly run: () => void;
}

const START_MS = Date.UTC(2026, 5, 14, 12);

export function virtualTime(): VirtualTime {
  let elapsedMs = 0;
  let jumpedMs = 0;
  const tasks: Task[] = [];

  function after(delayMs: number, run: () => void): () => void {
    const task = { dueMs: elapsedMs + Math.max(0, delayMs), run };
    const later = tasks.findIndex(({ dueMs }) => dueMs > task.dueMs);
    tasks.splice(later < 0 ? tasks.length : later, 0, task);
    return () => {
      const at = tasks.indexOf(task);
      if (at >= 0) tasks.splice(at, 1);
    };
  }

  return {
    get elapsedMs() {
      return elapsedMs;
    },
    get wallMs() {
      return START_MS + Math.floor(elapsedMs) + jumpedMs;
    },
    jump(ms) {
      jumpedMs += ms;
    },
    after,
    async advance(ms, afterEach) {
      const endMs = elapsedMs + ms;
      await settle();
      afterEach();
      for (let next = tasks[0]; next !== undefined && next.dueMs <= endMs; next = tasks[0]) {
        tasks.shift();
        elapsedMs = next.dueMs;
        next.run();
        await settle();
        afterEach();
      }
      elapsedMs = endMs;
    },
  };
}

/** Returns when every promise that could go on has gone on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
