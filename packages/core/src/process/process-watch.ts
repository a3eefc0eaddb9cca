/**
 * When a process may end. A client's timers and idle connections never hold it; two things do:
 * - someone waits for `flush()` or `shutdown()`;
 * - it ends by itself while operations are queued, or calls wait for their user: they are delivered first, within a deadline.
 */
import type { Client } from "../client/client.ts";
import { abandon, flush, retry } from "../loop/flush.ts";
import type { Timers } from "../ports.ts";
import { counted } from "../report/counted.ts";
import { warnOnce } from "../report/reporter.ts";
import type { Lookups } from "./request-calls.ts";

/** The end of the process, as a runtime lets it be watched and delayed. */
export interface ProcessEnd {
  /** Called for each client, where a listener must be there before anything is queued. Returns what takes the client off again. */
  join?(): () => void;
  /**
   * From now on the runtime calls `onOutOfWork(watch)` whenever the process has run out of work, even if it is about to
   * end at this very moment, and `onEnd(watch)` when it ends and nothing can be waited for.
   */
  listen(watch: ProcessWatch): void;
  unlisten(watch: ProcessWatch): void;
  /** Timers that keep the process alive. */
  readonly holdingTimers: Timers;
  /** Milliseconds on a clock that never jumps. */
  readonly elapsedMs: () => number;
}

/** One client, and the process it lives in. */
export interface ProcessWatch {
  readonly client: Client;
  readonly end: ProcessEnd;
  /** How many operations end with the process, where the app gave an outbox. */
  readonly unstored: (() => number) | undefined;
  /** Calls that wait for their user. */
  readonly lookups: Lookups;
  isListening: boolean;
  /** What had come by then. */
  seenAtLastExit: number;
  exitFlushes: number;
  /** What is left of `exitTimeoutMs`: all exit flushes together keep within it. */
  leftMs: number;
}

/** What was queued, then what the app's own handlers added. Without a limit such a handler could run for ever. */
const MAX_EXIT_FLUSHES = 10;

/**
 * The port `onStep` of a client in a process: what the client has in hand has changed. `exitTimeoutMs`: how long operations may
 * delay the end of the process; 0 = not at all, and then an outbox still stores what it can. `unstored`, `lookups`: see `ProcessWatch`.
 */
export function watchProcess(
  exitTimeoutMs: number,
  end: ProcessEnd,
  unstored?: ProcessWatch["unstored"],
  lookups: Lookups = {},
): (client: Client) => void {
  let watch: ProcessWatch | undefined;
  return (client) => {
    watch ??= {
      client,
      end,
      unstored,
      lookups,
      isListening: false,
      seenAtLastExit: -1,
      // With no time at all it has had all that it gets.
      exitFlushes: exitTimeoutMs > 0 ? 0 : MAX_EXIT_FLUSHES + 1,
      leftMs: exitTimeoutMs,
    };
    const isAwaited = client.callers.length > 0;
    // Only while it has something to lose, and may still send it, does a client listen: so clients that come and go leave
    // nothing behind.
    const hasWork = client.pending > 0 || waitingIn(lookups) > 0;
    const isWanted =
      (exitTimeoutMs > 0 || unstored !== undefined) && hasWork && (isAwaited || !client.stopping);
    if (isWanted !== watch.isListening) {
      // First: a process that ends already is told of at once.
      watch.isListening = isWanted;
      if (isWanted) end.listen(watch);
      else end.unlisten(watch);
    }
  };
}

/**
 * The process has run out of work. True: it is to go on, there is something to wait for, once for what is queued and
 * again only for what came since; to be called again when that is over.
 */
export function onOutOfWork(watch: ProcessWatch): boolean {
  const { client } = watch;
  if (isReported(watch) || watch.exitFlushes > MAX_EXIT_FLUSHES) return false;
  watch.exitFlushes += 1;
  watch.seenAtLastExit = seen(watch);
  const goesOn = watch.exitFlushes <= MAX_EXIT_FLUSHES;
  if (goesOn) flushWithin(watch);
  // Reports what stays behind.
  else abandon(client);
  return goesOn;
}

/**
 * The process ends now, and nothing can be waited for. What it takes along is said on the console even where the app has an
 * `onError`: what that starts at such a moment seldom ends.
 */
export function onEnd(watch: ProcessWatch): void {
  const { client, unstored, lookups } = watch;
  const queued = unstored ? unstored() : client.pending;
  const untold = isReported(watch) ? 0 : queued;
  const count = untold + waitingIn(lookups);
  if (count === 0) return;
  const { reporter } = client;
  const lost = `The process ended before ${counted(count, "operation")} could be sent`;
  const durable = untold > 0 && !unstored ? ", or use a durable outbox" : "";
  warnOnce(reporter, "end", `${lost}: await whisperr.shutdown() before it exits${durable}.`);
  // That was the line.
  for (const kind of ["retry_exhausted", "shut_down"]) reporter.warned.add(kind);
  if (untold > 0) abandon(client);
  lookups.calls?.giveUp();
}

/** Nothing came since the last exit flush, which told what stays in the queue. */
const isReported = (watch: ProcessWatch): boolean => seen(watch) === watch.seenAtLastExit;

/** Operations that were queued, and calls that waited, so far. */
const seen = ({ client, lookups }: ProcessWatch): number => client.accepted + (lookups.calls?.waited() ?? 0);

export const waitingIn = ({ calls }: Lookups): number => calls?.waiting() ?? 0;

function flushWithin(watch: ProcessWatch): void {
  const { client, end, lookups } = watch;
  const { holdingTimers, elapsedMs } = end;
  const startedAtMs = elapsedMs();
  let isOver = false;
  const deadline = holdingTimers.set(() => {
    isOver = true;
    watch.leftMs = 0;
    abandon(client);
  }, watch.leftMs);
  const queued = lookups.calls?.queued();
  void flush(client)
    .then(() => queued)
    .then(() => {
      if (!queued || isOver) return undefined;
      watch.seenAtLastExit = seen(watch);
      return flush(client);
    })
    .then(() => {
      holdingTimers.clear(deadline);
      watch.leftMs = Math.max(0, watch.leftMs - (elapsedMs() - startedAtMs));
    });
  retry(client);
}
