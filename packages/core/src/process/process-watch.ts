/**
 * When a process may end. A client's timers and idle connections never hold it; two things do:
 * - someone waits for `flush()` or `shutdown()`;
 * - it ends by itself while operations are queued: they are delivered first, within a deadline.
 */
import type { Client } from "../client/client.ts";
import { abandon, flush, retry } from "../loop/flush.ts";
import { MAX_TIMER_MS } from "../options.ts";
import type { Timers } from "../ports.ts";

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
  readonly exitTimeoutMs: number;
  readonly end: ProcessEnd;
  client: Client | undefined;
  isListening: boolean;
  /** The timer that holds the process while someone waits. */
  hold: unknown;
  acceptedAtLastExit: number;
  exitFlushes: number;
  /** What is left of exitTimeoutMs: all exit flushes together keep within it. */
  leftMs: number;
}

/** What was queued, then what the app's own handlers added. Without a limit such a handler could run for ever. */
const MAX_EXIT_FLUSHES = 10;

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createProcessWatch(exitTimeoutMs: number, end: ProcessEnd): ProcessWatch {
  return {
    exitTimeoutMs,
    end,
    client: undefined,
    isListening: false,
    hold: undefined,
    acceptedAtLastExit: -1,
    exitFlushes: 0,
    leftMs: exitTimeoutMs,
  };
}

/** The port `onStep`: what the client has in hand has changed. */
export function watchProcess(watch: ProcessWatch, client: Client): void {
  const { holdingTimers } = watch.end;
  const isAwaited = client.callers.length > 0;
  watch.client = client;
  // Only while it has something to lose, and may still send it, does a client listen: so clients that come and go leave
  // nothing behind.
  listen(watch, client.pending > 0 && (isAwaited || !client.stopping));
  if (isAwaited) watch.hold ??= holdingTimers.set(() => {}, MAX_TIMER_MS);
  else if (watch.hold !== undefined) {
    holdingTimers.clear(watch.hold);
    watch.hold = undefined;
  }
}

function listen(watch: ProcessWatch, isWanted: boolean): void {
  if (isWanted === watch.isListening || watch.exitTimeoutMs === 0) return;
  watch.isListening = isWanted;
  if (isWanted) watch.end.listen(watch);
  else watch.end.unlisten(watch);
}

/**
 * The process has run out of work. True: it is to go on, there is something to wait for, once for what is queued and
 * again only for what came since; to be called again when that is over.
 */
export function onOutOfWork(watch: ProcessWatch): boolean {
  const { client } = watch;
  if (client === undefined || isReported(watch, client) || watch.exitFlushes > MAX_EXIT_FLUSHES) return false;
  watch.exitFlushes += 1;
  watch.acceptedAtLastExit = client.accepted;
  const goesOn = watch.exitFlushes <= MAX_EXIT_FLUSHES;
  if (goesOn) flushWithin(watch, client);
  // Reports what stays behind.
  else abandon(client);
  return goesOn;
}

/** The process ends now, and nothing can be waited for. */
export function onEnd(watch: ProcessWatch): void {
  const { client } = watch;
  if (client !== undefined && !isReported(watch, client)) abandon(client);
}

/** Nothing came since the last exit flush, which told what stays behind. */
function isReported({ acceptedAtLastExit }: ProcessWatch, { accepted }: Client): boolean {
  return accepted === acceptedAtLastExit;
}

function flushWithin(watch: ProcessWatch, client: Client): void {
  const { holdingTimers, elapsedMs } = watch.end;
  const startedAtMs = elapsedMs();
  const deadline = holdingTimers.set(() => abandon(client), watch.leftMs);
  void flush(client).then(() => {
    holdingTimers.clear(deadline);
    watch.leftMs = Math.max(0, watch.leftMs - (elapsedMs() - startedAtMs));
  });
  retry(client);
}
