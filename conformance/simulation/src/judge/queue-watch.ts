/**
 * One process's queue, seen from both ends: what goes in and out of its outbox, what it sends, what it hears. Each step
 * costs what it touches, whatever the queue's length.
 *
 * Rules: a request is the front of the queue, in order, the same bytes as ever, one at a time; nothing leaves the queue
 * but with an answer, or from a queue that is over-full; what was answered leaves it. A front that failed alone in all its
 * attempts may be followed by one operation behind it, and leaves when that is taken and it fails once more.
 */
import { IDENTIFY_PATH } from "@whisperr/conformance/api";
import { changedBytes, FEWEST_ATTEMPTS_ALONE } from "@whisperr/conformance/invariants/traffic.ts";
import type { Operation, Outbox, Stats } from "@whisperr/core";
import type { Read } from "../wire.ts";
import type { Books, Call } from "./books.ts";

export interface QueueWatch {
  /** The outbox, watched. */
  readonly outbox: Outbox;
  /** Runs one call of the app. */
  calling(call: Call, run: () => void): void;
  /** Whether it asks for one behind a front that failed alone, which need not wait. */
  sending(request: Read): boolean;
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
  readonly offset: number;
  readonly count: number;
  readonly isSuccess: boolean;
  readonly isRefusal: boolean;
  readonly rejected: number;
  isHeard: boolean;
  /** An identify that was probed is sent again in its turn, for the front may be an older one, and arrive after it. */
  readonly stays: boolean;
}

const NO_VERDICT: Verdict = {
  offset: -1,
  count: -1,
  isSuccess: false,
  isRefusal: false,
  rejected: 0,
  isHeard: false,
  stays: false,
};

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
  let sentFrom = 0;
  let sent: Read["operations"] = [];
  /** Operations that no request gets through with. */
  const forbidden = new Set<number>();
  let isIdentify = false;
  /** Attempts in which the front failed alone. */
  let alone = 0;
  /** The one behind the front was taken just now. */
  let hasTakenOther = false;
  /** What was given up as far as that goes was evicted, and nothing was sent since. */
  let isNewFront = false;
  const isGivenUp = () => alone >= FEWEST_ATTEMPTS_ALONE;
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
    if (offset < sentFrom) sentFrom -= Math.min(count, sentFrom - offset);
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
    const isSending = inFlight > 0 && offset >= sentFrom && offset < sentFrom + inFlight;
    const gone = take(offset, count);
    if (gone.length !== count) violate(`removed ${count} operations where there were ${gone.length}`);
    const isFailed = !verdict.isSuccess && !verdict.isRefusal;
    if (hasTakenOther && isFailed && offset === 0 && count === 1) return undeliverable(gone);
    // The wait was the short one before a probe, and ends with what is in front now.
    if (offset === 0 && isGivenUp()) isNewFront = true;
    if (offset === 0) alone = 0;
    const isAnswered =
      offset === verdict.offset && count === verdict.count && (verdict.isSuccess || verdict.isRefusal);
    if (!isAnswered) return evicted(gone, isSending);
    const delivered = verdict.isSuccess ? count - verdict.rejected : 0;
    account.delivered += delivered;
    account.dropped += count - delivered;
    for (const number of gone) books.of(number).fate = verdict.isSuccess ? "settled" : "dropped";
    hasTakenOther = verdict.isSuccess && offset > 0;
    verdict = NO_VERDICT;
  }

  function undeliverable(gone: readonly number[]): void {
    hasTakenOther = false;
    const isForbidden = gone.every((number) => forbidden.has(number));
    const hasFailed = gone.every((number) => books.of(number).hasFailed);
    if (!isGivenUp()) violate(`gave ${gone} up`);
    else if (!isForbidden && !hasFailed) violate(`gave ${gone} up, which never failed but with others`);
    alone = 0;
    account.dropped += gone.length;
    for (const number of gone) books.of(number).fate = "dropped";
  }

  function evicted(gone: readonly number[], isSending: boolean): void {
    if (isSending) violate(`removed ${gone} while it was being sent`);
    if (queue.length - head < limits.maxQueueSize) violate(`removed ${gone} without an answer`);
    account.dropped += gone.length;
    for (const number of gone) books.of(number).fate = "dropped";
  }

  function checkRemoved(): void {
    if (verdict.isSuccess && verdict.isHeard && !verdict.stays) violate("kept what was acknowledged");
  }

  function sending({ operations, path, recorded }: Read): boolean {
    if (inFlight > 0) violate("has two requests under way");
    checkRemoved();
    inFlight = operations.length;
    sent = operations;
    for (const { key, isForbidden } of operations) if (isForbidden) forbidden.add(key);
    isIdentify = path === IDENTIFY_PATH;
    const at = inFlight === 1 && isGivenUp() ? queue.indexOf(operations[0]?.key ?? 0, head) : head;
    sentFrom = Math.max(at - head, 0);
    hasTakenOther &&= sentFrom === 0;
    verdict = NO_VERDICT;
    if (inFlight > limits.maxBatchSize) violate(`sent ${inFlight} events at once`);
    if (inFlight > 1 && recorded.body.byteLength > limits.maxBatchBytes)
      violate(`sent ${recorded.body.byteLength} bytes at once`);
    for (let i = 0; i < operations.length; i++) {
      const { key } = operations[i] as Read["operations"][number];
      const next = queue[head + sentFrom + i];
      if (next === key) continue;
      violate(`sent ${key}, not ${next}, the next`);
      return false;
    }
    for (const problem of changedBytes(books.traffic, { name: "sent a request that", operations }))
      violate(problem);
    const needNotWait = sentFrom > 0 || isNewFront;
    isNewFront = false;
    return needNotWait;
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
      const isRefusal = status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
      verdict = {
        offset: sentFrom,
        count: inFlight,
        isSuccess,
        isRefusal,
        rejected,
        isHeard: false,
        stays: false,
      };
      if (!isSuccess || sentFrom === 0 || !isIdentify) return;
      verdict = { ...verdict, stays: true };
      hasTakenOther = true;
    },
    ended(isHeard) {
      const isFailure = !verdict.isSuccess && !verdict.isRefusal;
      if (isFailure && !sent.some(({ isForbidden }) => isForbidden))
        for (const { key } of sent) books.of(key).hasFailed = true;
      // A probe that nobody waits for any longer says nothing, and may be repeated.
      if (isFailure && sentFrom > 0) alone = isHeard ? 0 : alone;
      else if (isFailure && inFlight === 1) alone++;
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
