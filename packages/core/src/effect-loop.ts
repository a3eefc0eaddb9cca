/**
 * The one place where the machine meets the world: feeds it inputs, carries out its effects in order, keeps the books.
 * Shared by every runtime; what differs between them comes in through the ports.
 */
import type { Effect } from "./delivery/effect.ts";
import type { Input } from "./delivery/input.ts";
import { initialState } from "./delivery/state.ts";
import { transition } from "./delivery/transition.ts";
import { createFlushCallers, type FlushResult } from "./flush-callers.ts";
import { createInputQueue } from "./input-queue.ts";
import { createLedger } from "./ledger.ts";
import type { EffectLoop, LoopConfig } from "./loop.ts";
import { isHeld } from "./operation.ts";
import { dueIn, type Outbox } from "./outbox.ts";
import { type Answer, classifyAnswer } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { describeThrown } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import { createSettlement } from "./settlement.ts";
import type { RequestUnderWay, Transport } from "./transport.ts";
import { type Batch, cutBatch } from "./wire.ts";

export function createEffectLoop(
  config: LoopConfig,
  outbox: Outbox,
  transport: Transport,
  reporter: Reporter,
  ports: Ports,
): EffectLoop {
  const ledger = createLedger();
  const settlement = createSettlement(outbox, ledger, reporter, ports.onSettled);
  const callers = createFlushCallers(() => ({
    delivered: ledger.delivered(),
    dropped: ledger.dropped(),
    pending: outbox.size,
  }));
  const inputs = createInputQueue({ before, handle, onIdle: updateActivity });
  let state = initialState(config, config.adopts ? "starting" : "idle");
  let timer: unknown;
  let request: RequestUnderWay | undefined;
  let answer: Answer = { failure: "nothing was sent yet" };
  let stopping: Promise<FlushResult> | undefined;
  /** The one flush that all callers share when there are many; it starts when those before it have ended. */
  let overflow: Promise<FlushResult> | undefined;
  let stopped = false;
  let givenUp = false;
  let activity = { pending: false, awaited: false };

  const dispatch = inputs.add;

  function before(next: Input): void {
    if (next.type !== "appended") settlement.reportEvictions();
  }

  function handle(next: Input): void {
    const step = transition(state, next, config);
    state = step.state;
    for (const effect of step.effects) attempt(effect);
  }

  /** An outbox of the app's may throw, though it must not: then the other effects still happen. */
  function attempt(effect: Effect): void {
    try {
      perform(effect);
    } catch (error) {
      reporter.debug(`"${effect.type}" failed: ${describeThrown(error)}`);
    }
  }

  function perform(effect: Effect): void {
    switch (effect.type) {
      case "send":
        // In a microtask: a burst of calls shares the request, and none of them pays for building it.
        void Promise.resolve(ports.ready?.()).then(() => transmit(effect.limit));
        return;
      case "abort":
        request?.abort();
        request = undefined;
        return outbox.inFlight?.(0);
      case "remove":
        return settlement.remove(effect.count, effect.rejected, answer);
      case "drop":
        return settlement.drop(effect.count, effect.reason, answer);
      case "evict":
        return settlement.evict(effect.offset, effect.count);
      case "wake":
        ports.timers.clear(timer);
        timer = effect.afterMs === null ? undefined : ports.timers.set(onTimer, effect.afterMs);
        return;
      case "report":
        givenUp = true;
        settlement.keep(effect.error, effect.attempts, answer);
        givenUp = false;
        return ports.onKept?.();
      case "flushed":
        return callers.end(effect.count);
    }
  }

  function onTimer(): void {
    timer = undefined;
    dispatch({ type: "timerFired" });
  }

  async function transmit(limit: number): Promise<void> {
    if (state.phase !== "sending" || request !== undefined) return;
    const batch = cut(limit);
    if (batch === undefined) return;
    dispatch({ type: "batchCut", count: batch.count });
    // Evictions are reported in that call: the app may have given up in its onError.
    if (state.inFlight === 0) return;
    outbox.inFlight?.(batch.count);
    const mine = transport(batch);
    request = mine;
    const received = await mine.answer;
    if (request !== mine) return;
    request = undefined;
    outbox.inFlight?.(0);
    const words = "status" in received ? received.status : received.failure;
    reporter.debug(`${batch.path}, ${batch.count} operations: ${words}`);
    conclude(received, batch.count);
  }

  function cut(limit: number): Batch | undefined {
    let trouble = "it lost what it held";
    try {
      // Beyond `pending` there may be operations that wait for a user.
      const most = Math.min(limit, state.pending);
      const batch = cutBatch(
        outbox,
        most,
        Math.min(config.maxBatchBytes, ports.maxBodyBytes?.() ?? Infinity),
      );
      if (batch.count > 0) return batch;
    } catch (error) {
      trouble = describeThrown(error);
    }
    conclude({ failure: `the outbox failed: ${trouble}` }, 0);
    return undefined;
  }

  function conclude(received: Answer, count: number): void {
    answer = received;
    const outcome = classifyAnswer(received, count, ports.nowMs());
    dispatch({ type: "answered", outcome, random: ports.random() });
  }

  function wait(input: Input): Promise<FlushResult> {
    const promise = callers.add();
    dispatch(input);
    return promise;
  }

  function flush(): Promise<FlushResult> {
    // Asked for in the very report that delivery stopped: another attempt would end in the same report, for ever.
    if (givenUp) return Promise.resolve({ delivered: 0, dropped: 0, pending: outbox.size });
    const { last, full } = callers;
    // Nothing came in between: the callers wait for the same, so they share one promise.
    if (last !== undefined && state.flushes.at(-1) === outbox.size) return last;
    if (last === undefined || !full) return wait({ type: "flushRequested" });
    overflow ??= last.then(() => {
      overflow = undefined;
      return flush();
    });
    return overflow;
  }

  function updateActivity(): void {
    const pending = state.pending > 0;
    const awaited = callers.waiting;
    if (pending === activity.pending && awaited === activity.awaited) return;
    activity = { pending, awaited };
    ports.onActivity?.(activity);
  }

  if (!config.adopts) {
    ledger.accept(outbox.size);
    const due = dueIn(outbox);
    if (due > 0) dispatch({ type: "appended", count: due });
  }

  return {
    append(operation) {
      // A beforeSend may have called shutdown() in the middle of its track().
      if (stopped) return settlement.refuse("shut_down", "The call came after shutdown()", operation);
      try {
        outbox.append(operation);
      } catch (error) {
        const message = `The outbox did not take it: ${describeThrown(error)}`;
        return settlement.refuse("outbox_failed", message, operation);
      }
      ledger.accept(1);
      if (!isHeld(operation)) dispatch({ type: "appended", count: 1 });
    },
    refuse: settlement.refuse,
    flush,
    stop() {
      // Before the dispatch, which may report: what an app tracks in its onError then comes after the shutdown.
      stopped = true;
      stopping ??= wait({ type: "stopRequested" });
      return stopping;
    },
    get stopped() {
      return stopped;
    },
    retryNow: () => dispatch({ type: "retryNow" }),
    abandon: () => dispatch({ type: "abandoned" }),
    stats: () => ledger.stats(outbox.size),
    dispatch,
    whenIdle: inputs.whenIdle,
    ledger,
    settlement,
    get over() {
      return state.phase === "stopped";
    },
    get queued() {
      return inputs.pendingAfter(state.pending);
    },
    get inFlight() {
      return state.inFlight;
    },
  };
}
