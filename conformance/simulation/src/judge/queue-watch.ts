/**
 * One process's queue, seen from both ends: what goes in and out of its outbox, what it sends, what it hears. Each step
 * costs what it touches, whatever the queue's length.
 *
 * Rules: a request is the front of the queue, in order, the same bytes as ever, one at a time; nothing leaves the queue
 * but with an answer, or from a queue that is over-full; what was answered leaves it.
 */
import { changedBytes } from "@whisperr/conformance/invariants/traffic.ts";
import type { Operation, Outbox, Stats } from "@whisperr/core";
import type { Read } from "../wire.ts";
import type { Books, Call } from "./books.ts";

export interface QueueWatch {
  /** The outbox, watched. */
  readonly outbox: Outbox;
  /** Runs one call of the app. */
  calling(call: Call, run: () => void): void;
  sending(request: Read): void;
  /** An answer is there; `rejected`: what its body says of it, as far as that came. */
  answered(status: number, rejected: number): void;
  /** The request under way has ended. `isHeard`: its answer, if there was one, is acted on now. */
  ended(isHeard: boolean): void;
  /** After everything that could go on has gone on. */
  check(stats: Stats): void;
  /** The numbers that wait, oldest first. */
  waiting(): readonly number[];
}

export interface QueueLimits {
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
  readonly maxBatchBytes: number;
}

interface Verdict {
  readonly count: number;
  readonly isSuccess: boolean;
  readonly isRefusal: boolean;
  readonly rejected: number;
  isHeard: boolean;
}

const NO_VERDICT: Verdict = { count: -1, isSuccess: false, isRefusal: false, rejected: 0, isHeard: false };

export function watchQueue(
  name: string,
  outbox: Outbox,
  limits: QueueLimits,
  books: Books,
  isAlive: () => boolean,
): QueueWatch {
  let queue = adopted(outbox, books);
  let head = 0;
  let current: Call | undefined;
  let inFlight = 0;
  let verdict = NO_VERDICT;
  const account = { accepted: queue.length, delivered: 0, dropped: 0 };
  const violate = (what: string) => books.violate(`${name} ${what}`);

  function append(operation: Operation): void {
    outbox.append(operation);
    if (!isAlive()) return;
    if (current === undefined) return violate("queued an operation that nobody called for");
    if (current.number <= (queue.at(-1) ?? 0)) violate(`queued ${current.number} out of order`);
    current.fate = "queued";
    queue.push(current.number);
    if (queue.length - head > outbox.size) violate(`lost something at ${current.number}`);
  }

  function take(offset: number, count: number): number[] {
    if (offset > 0) return queue.splice(head + offset, count);
    const gone = queue.slice(head, head + count);
    head += gone.length;
    if (head > 4096 && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    return gone;
  }

  function remove(offset: number, count: number): void {
    outbox.remove(offset, count);
    if (!isAlive()) return;
    const gone = take(offset, count);
    if (gone.length !== count) violate(`removed ${count} operations where there were ${gone.length}`);
    const isAnswered = offset === 0 && count === verdict.count && (verdict.isSuccess || verdict.isRefusal);
    if (!isAnswered) return evicted(gone, offset);
    const delivered = verdict.isSuccess ? count - verdict.rejected : 0;
    account.delivered += delivered;
    account.dropped += count - delivered;
    for (const number of gone) books.of(number).fate = verdict.isSuccess ? "settled" : "dropped";
    verdict = NO_VERDICT;
  }

  function evicted(gone: readonly number[], offset: number): void {
    if (offset < inFlight) violate(`removed ${gone} while it was being sent`);
    if (queue.length - head < limits.maxQueueSize) violate(`removed ${gone} without an answer`);
    account.dropped += gone.length;
    for (const number of gone) books.of(number).fate = "dropped";
  }

  function checkRemoved(): void {
    if (verdict.isSuccess && verdict.isHeard) violate("kept what was acknowledged");
  }

  function sending({ operations, recorded }: Read): void {
    if (inFlight > 0) violate("has two requests under way");
    checkRemoved();
    inFlight = operations.length;
    verdict = NO_VERDICT;
    if (inFlight > limits.maxBatchSize) violate(`sent ${inFlight} events at once`);
    if (inFlight > 1 && recorded.body.byteLength > limits.maxBatchBytes)
      violate(`sent ${recorded.body.byteLength} bytes at once`);
    for (let i = 0; i < operations.length; i++) {
      const { key } = operations[i] as Read["operations"][number];
      if (queue[head + i] !== key) return violate(`sent ${key}, not ${queue[head + i]}, the next`);
    }
    for (const problem of changedBytes(books.traffic, { name: "sent a request that", operations }))
      violate(problem);
  }

  return {
    outbox: {
      get size() {
        return outbox.size;
      },
      at: (index) => outbox.at(index),
      append,
      remove,
    },
    calling(call, run) {
      const outer = current;
      current = call;
      run();
      current = outer;
      if (!isAlive()) {
        // It died in the call.
        if (call.fate === "calling") call.fate = "lost";
        return;
      }
      account.accepted++;
      if (call.fate !== "calling") return;
      call.fate = "refused";
      account.dropped++;
    },
    sending,
    answered(status, rejected) {
      const isSuccess = status >= 200 && status < 300;
      const isRefusal = status >= 400 && status < 500 && ![401, 403, 429].includes(status);
      verdict = { count: inFlight, isSuccess, isRefusal, rejected, isHeard: false };
    },
    ended(isHeard) {
      inFlight = 0;
      if (verdict.isSuccess) verdict.isHeard = isHeard;
    },
    check({ accepted, delivered, dropped, pending }) {
      checkRemoved();
      let gone = 0;
      for (const reason in dropped) gone += dropped[reason as keyof typeof dropped] ?? 0;
      const fits =
        accepted === account.accepted &&
        delivered === account.delivered &&
        gone === account.dropped &&
        pending === queue.length - head &&
        pending === outbox.size;
      if (!fits) {
        const said = JSON.stringify({ accepted, delivered, gone, pending });
        violate(`says ${said}, which is ${JSON.stringify({ ...account, pending: queue.length - head })}`);
      }
    },
    waiting: () => queue.slice(head),
  };
}

/** Numbers of what an earlier process left in the outbox. */
function adopted(outbox: Outbox, books: Books): number[] {
  return Array.from({ length: outbox.size }, (_, index) => {
    const operation = outbox.at(index) as Operation;
    const text = operation.kind === "track" ? operation.properties : operation.body;
    const { n, traits } = JSON.parse(text) as { n?: number; traits?: { n: number } };
    const number = n ?? traits?.n ?? 0;
    books.of(number).fate = "queued";
    return number;
  });
}
