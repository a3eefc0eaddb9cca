/** Watches every `flush()` and `shutdown()` of a run: each must end when what it waits for is settled, and not before. */
import { expect } from "vitest";
import type { FlushResult } from "../src/loop/books.ts";

interface Flush {
  readonly waitsFor: readonly string[];
  readonly keptBefore: number;
  /** Called inside `onError`, so it begins after the step that reported, and what that step keeps does not end it. */
  readonly nested: boolean;
  /** One for many callers: it begins when those before it have ended, and waits for what is queued then. */
  readonly shared: boolean;
  result?: FlushResult;
}

export interface FlushWatch {
  watch(start: () => Promise<FlushResult>, nested: boolean, shared: boolean): void;
  /** Called in the report that everything is kept: ends at once with just that. */
  watchOver(start: () => Promise<FlushResult>): void;
  /** The same for a `shutdown()`: once it has ended, so has everything. */
  watchLast(start: () => Promise<FlushResult>, nested: boolean): void;
  /** Delivery ended with everything kept, which ends every flush that waits. */
  keptEverything(): void;
  check(): void;
  checkAllEnded(): void;
}

/** `queue`: keys of queued operations, kept up to date by its owner. */
export function flushWatch(queue: readonly string[]): FlushWatch {
  const flushes: Flush[] = [];
  let last: Flush | undefined;
  let kept = 0;

  function watch(
    start: () => Promise<FlushResult>,
    nested: boolean,
    shared: boolean,
    keptBefore = kept,
  ): Flush {
    const flush: Flush = { waitsFor: [...queue], keptBefore, nested, shared };
    flushes.push(flush);
    void start().then((result) => {
      flush.result = result;
    });
    return flush;
  }

  function checkOne({ waitsFor, keptBefore, nested, shared, result }: Flush): void {
    const settled = waitsFor.every((key) => !queue.includes(key));
    const givenUp = kept > keptBefore;
    const over = last?.result !== undefined;
    if (!shared && (settled || (givenUp && !nested))) {
      expect(result, "a flush ends when all it waits for is settled or kept").toBeDefined();
    } else if (!settled && !givenUp && !over) {
      expect(result, "a flush does not end before").toBeUndefined();
    }
  }

  return {
    watch: (start, nested, shared) => void watch(start, nested, shared),
    watchOver: (start) => void watch(start, false, false, kept - 1),
    watchLast(start, nested) {
      const flush = watch(start, nested, false);
      last ??= flush;
    },
    keptEverything() {
      kept++;
    },
    check: () => flushes.forEach(checkOne),
    checkAllEnded: () => expect(flushes.filter(({ result }) => result === undefined)).toEqual([]),
  };
}
