/**
 * How long a request is held, and in which request delivery goes on.
 *
 * A *turn* is one burst of calls: those of one request that no wait for anything separates. The first call that has
 * something to deliver passes one promise to `waitUntil`, which resolves when everything up to the turn's last operation
 * is settled, when delivery has stopped, or at the turn's deadline.
 *
 * Platforms tie timers and requests to the incoming request that made them. So each belongs to the turn in whose request
 * it was made (its owner), and when that turn ends while others wait, the youngest of them goes on, in its own request:
 * it is woken through a promise of its own, which is the one thing requests may do to each other.
 */
import {
  abandon,
  type Client,
  describeThrown,
  type Outbox,
  type Ports,
  type Transport,
} from "@whisperr/core";
import type { WaitUntil } from "./client/wait-until.ts";
import { nowMs, timers } from "./clock.ts";
import { createMovableTimers } from "./movable-timers.ts";

export interface LifecycleSettings {
  readonly waitUntil: WaitUntil;
  /** Milliseconds a turn may last. */
  readonly timeoutMs: number;
  /** Where operations wait. */
  readonly outbox: Outbox;
  /** Carries batches. */
  readonly transport: Transport;
  /** When delivery has stopped (key refused, retries used up), requests stay for the next interval. */
  readonly waitsForInterval: boolean;
  readonly warn: (message: string) => void;
}

export interface Lifecycle {
  /** What the client gets instead of what the settings named. */
  readonly outbox: Outbox;
  readonly ports: Pick<Ports, "timers" | "ready" | "transport" | "onStep" | "onKept">;
  /** Runs one call of the app. */
  call<Result>(work: () => Result): Result;
  /** The same, for a call that asks for everything queued: its request is held for all of it. */
  callForAll<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Connects the client; to be called once, when it exists. */
  watch(client: Client): void;
}

interface Turn {
  /** Operations at the front of the queue, up to the last one this turn waits for. */
  goal: number;
  readonly deadlineMs: number;
  held: boolean;
  over: boolean;
  /** Makes its own request look: at what it should take over, or that the turn is over. */
  wake(): void;
}

/** A turn whose deadline is this far gone was ended by its platform: its timer would have fired. */
const OVERDUE_MS = 1000;

/** Delivery has ended for good. */
const isOver = ({ delivery }: Client) => delivery.phase === "stopped";

export function createLifecycle(settings: LifecycleSettings): Lifecycle {
  const { waitUntil, timeoutMs, outbox } = settings;
  /** Those that are held, oldest first. So goals never decrease from one to the next. */
  const turns = new Set<Turn>();
  let client: Client | undefined;
  let burst: Turn | undefined;
  /** Whose call or timer runs now. */
  let here: Turn | undefined;
  /** In whose request the latest batch was sent; what follows an answer runs there. */
  let sender: Turn | undefined;
  let sending = false;
  let request: ReturnType<Transport> | undefined;
  let rescuing = false;
  let sweepIsDue = false;
  let warned = false;

  const isLive = (turn: Turn) => !turn.over && nowMs() < turn.deadlineMs + OVERDUE_MS;

  const alarms = createMovableTimers<Turn>({
    present() {
      const turn = here ?? sender;
      return turn !== undefined && isLive(turn) ? turn : undefined;
    },
    fit: (turn) => isLive(turn) && turn.goal > 0,
    run: as,
    onOrphan: recruit,
  });

  function as<Result>(turn: Turn, work: () => Result): Result {
    const outer = here;
    here = turn;
    try {
      return work();
    } finally {
      here = outer;
    }
  }

  function turnOfCall(): Turn {
    if (burst !== undefined && !burst.over && nowMs() < burst.deadlineMs) return burst;
    const turn: Turn = { goal: 0, deadlineMs: nowMs() + timeoutMs, held: false, over: false, wake() {} };
    burst = turn;
    void Promise.resolve().then(() => {
      if (burst === turn) burst = undefined;
    });
    return turn;
  }

  function hold(turn: Turn): void {
    if (turn.held || turn.goal === 0 || client === undefined || isOver(client)) return;
    turn.held = true;
    turns.add(turn);
    // Where not even a timer may be set, outside of any request, operations wait for the first call inside one.
    const held = attend(turn).catch(() => end(turn));
    try {
      waitUntil(held);
    } catch (error) {
      if (!warned) settings.warn(`waitUntil failed, so delivery may be cut off: ${describeThrown(error)}`);
      warned = true;
    }
  }

  /** Runs in the turn's request from beginning to end: others only wake it. */
  async function attend(turn: Turn): Promise<void> {
    const deadline = timers.set(() => expire(turn), timeoutMs);
    while (!turn.over) {
      // First: what it takes over may end it.
      const woken = new Promise<void>((resolve) => {
        turn.wake = resolve;
      });
      as(turn, takeOver);
      await woken;
    }
    timers.clear(deadline);
  }

  /** Whatever belongs to requests that are over goes on in this one. */
  function takeOver(): void {
    if (client !== undefined && client.delivery.inFlight > 0 && sender !== undefined && !isLive(sender)) {
      // Its answer will never be heard. This is reported: nobody can say whether it arrived.
      rescuing = true;
      abandon(client);
      rescuing = false;
    }
    if (here !== undefined) alarms.adopt(here);
    sweep();
  }

  function expire(turn: Turn): void {
    if (turn.over) return;
    end(turn);
    // Nobody is left to go on. Reports what stays behind.
    if (turns.size === 0) return client && abandon(client);
    // Would end with this request anyway. The wait before the next attempt then has no owner.
    if (sender === turn) request?.abort();
    recruit();
  }

  /** The youngest has the most time left. */
  function recruit(): void {
    [...turns].at(-1)?.wake();
  }

  /** Ends the turns that have all they waited for, as soon as nothing runs in their requests that others need. */
  function sweep(): void {
    sweepIsDue = false;
    const done: Turn[] = [];
    for (const turn of turns) {
      if (turn.goal > 0) break;
      done.push(turn);
    }
    const someoneWaits = done.length < turns.size;
    for (const turn of done) {
      if (someoneWaits && alarms.isOwner(turn)) recruit();
      else if (!someoneWaits || !sending || sender !== turn) end(turn);
    }
  }

  function end(turn: Turn): void {
    turn.over = true;
    turns.delete(turn);
    turn.wake();
  }

  function endAll(): void {
    for (const turn of turns) end(turn);
  }

  function call<Result>(work: () => Result): Result {
    const turn = turnOfCall();
    try {
      return as(turn, work);
    } finally {
      hold(turn);
    }
  }

  return {
    call,
    callForAll: (work) =>
      call(() => {
        if (here !== undefined) here.goal = outbox.size;
        // Callers share promises, requests must not.
        return new Promise((resolve) => void work().then(resolve));
      }),
    outbox: {
      get size() {
        return outbox.size;
      },
      at: (index) => outbox.at(index),
      append(operation) {
        outbox.append(operation);
        if (here !== undefined) here.goal = outbox.size;
      },
      remove(offset, count) {
        outbox.remove(offset, count);
        const affected = here === undefined || here.held ? turns : [...turns, here];
        for (const turn of affected) turn.goal -= Math.min(Math.max(turn.goal - offset, 0), count);
        // After the step under way, which may send again, or set a timer.
        if (!sweepIsDue) void Promise.resolve().then(sweep);
        sweepIsDue = true;
      },
      inFlight: (count) => outbox.inFlight?.(count),
    },
    ports: {
      timers: alarms,
      ready() {
        sender = here ?? sender;
        sending = true;
        return undefined;
      },
      transport(batch) {
        const mine = settings.transport(batch);
        request = mine;
        void mine.answer.then(() => {
          if (request !== mine) return;
          request = undefined;
          sending = false;
        });
        return mine;
      },
      onStep(stepped) {
        if (isOver(stepped)) endAll();
      },
      onKept() {
        if (!settings.waitsForInterval && !rescuing) endAll();
      },
    },
    watch(watched) {
      client = watched;
    },
  };
}
