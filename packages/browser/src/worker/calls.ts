/** The calls on a worker's client: each is made now, or waits until it is known who the user is. */
import {
  attempt,
  type FlushResult,
  hurried,
  lose,
  type ResolvedOptions,
  type Stats,
  step,
  tell,
  timeoutOf,
  uuid,
} from "@whisperr/core";
import { nowMs, timers } from "../clock.ts";
import type { BasicOptions, Features } from "../page/host.ts";
import type { Page } from "../page/page.ts";
import { atMost, copied, MAX_OPEN_MS, MAX_WAITING, type WaitingCall } from "./waiting-calls.ts";
import type { WorkerStorage } from "./worker-storage.ts";

/** What one event of a worker records leaves together: so long after the first of it. */
const SOON_MS = 1000;

/** What the client of a worker knows. */
export interface Worker {
  readonly options: BasicOptions;
  readonly resolved: ResolvedOptions;
  readonly features: Features;
  readonly waiting: WaitingCall[];
  /** Calls for which there was no room among those that wait. */
  missed: number;
  /** Of the call that is made now, if it has waited. */
  atMs: number | undefined;
  /** The timer of what is to leave soon. */
  soon: unknown;
  /** Once it is known who the user is. */
  opened: Opened | undefined;
  /** Workers that start at once are about to know which visitor is theirs. */
  isAgreeing: boolean;
  ending: Promise<FlushResult> | undefined;
}

/** What it has once its storage is open. */
export interface Opened {
  readonly api: { readonly [name: string]: (...args: readonly unknown[]) => unknown };
  readonly page: Page;
  readonly stored: WorkerStorage | undefined;
  /** Lets go of everything the client has. */
  stop(): void;
}

/** Now, or once the worker has started, and knows its visitor. */
export function call(worker: Worker, name: string, args: readonly unknown[]): unknown {
  const { opened, waiting, atMs } = worker;
  // What has waited comes with its time.
  const isEarly = atMs === undefined && (worker.isAgreeing || (isQueued(name) && isNew(worker)));
  if (!opened || isEarly) {
    if (isQueued(name) && queuedIn(waiting) >= MAX_WAITING) worker.missed += 1;
    else wait(worker, { name, args: snapshot(args), atMs: nowMs() });
    if (opened) void agree(worker);
    return undefined;
  }
  const { api, page } = opened;
  const mattersNow = !page.hasSpoken || name === "identify";
  const result = api[name]?.apply(undefined, args as unknown[]);
  if (mattersNow && isQueued(name)) soon(worker, page);
  return result;
}

/** It is to record something, for a visitor whom nobody has named yet. */
const isNew = ({ opened, features }: Worker): boolean =>
  features.device?.silent !== true && opened?.stored?.isNew() === true;

/** The worker has started: what has waited is made, for the visitor of all workers that start now. */
export function makeWaiting(worker: Worker): void {
  if (queuedIn(worker.waiting) > 0 && isNew(worker)) void agree(worker);
  else makeAll(worker);
}

async function agree(worker: Worker): Promise<void> {
  const { opened, isAgreeing } = worker;
  if (isAgreeing) return;
  worker.isAgreeing = true;
  try {
    const agreed = opened?.stored?.agree(JSON.stringify({ anonymousId: uuid() }));
    await atMost(timers, MAX_OPEN_MS, Promise.resolve(agreed), () => {});
  } catch {
    // Then the visitor is this worker's own.
  }
  worker.isAgreeing = false;
  makeAll(worker);
}

function makeAll(worker: Worker): void {
  const { opened, waiting, missed } = worker;
  for (const { name, args, atMs, done } of waiting.splice(0)) {
    worker.atMs = atMs;
    // Whatever becomes of one, the next is made.
    const result = attempt(() => call(worker, name, args));
    done?.(result as Promise<FlushResult>);
  }
  worker.atMs = undefined;
  if (missed === 0 || !opened) return;
  worker.missed = 0;
  opened.page.accepted += missed;
  lose(opened.page, "queue_full", missed);
  tell(opened.page);
}

/** Without what other code may have broken, push() for one: what is called is counted. */
function wait({ waiting }: Worker, call: WaitingCall): void {
  waiting[waiting.length] = call;
}

/** The calls that queue an operation. */
const isQueued = (name: string): boolean => name === "track" || name === "identify";

function queuedIn(waiting: readonly WaitingCall[]): number {
  let count = 0;
  for (let index = 0; index < waiting.length; index++)
    if (isQueued((waiting[index] as WaitingCall).name)) count++;
  return count;
}

/** Neither throws nor rejects, whatever other code has broken. */
export async function guarded(worker: Worker, begin: () => Promise<FlushResult>): Promise<FlushResult> {
  try {
    return await begin();
  } catch {
    return { delivered: 0, dropped: 0, pending: statsOf(worker).pending };
  }
}

/** A worker may be ended soon, but not within the event that it handles, which may record more. */
function soon(worker: Worker, page: Page): void {
  if (worker.options.flushAtStart === false || worker.soon !== undefined) return;
  worker.soon = timers.set(() => {
    worker.soon = undefined;
    step(page, hurried);
  }, SOON_MS);
}

/** A call with a result, which is told once everything that came of it is written as well. */
export function ask(
  worker: Worker,
  name: "flush" | "reset" | "shutdown",
  settings?: unknown,
): Promise<FlushResult> {
  const isOpen = worker.opened && !worker.isAgreeing;
  const before = statsOf(worker);
  const asked = isOpen
    ? (call(worker, name, [settings]) as Promise<FlushResult>)
    : new Promise<FlushResult>((done) => {
        wait(worker, { name, args: [settings], atMs: nowMs(), done });
      });
  const over = asked.then(async (result) => {
    if (name === "shutdown") worker.opened?.stop();
    await worker.opened?.stored?.saved();
    if (name === "shutdown") worker.opened?.stored?.close();
    // What was refused as it was made, after it had waited, counts too.
    return isOpen ? result : since(before, statsOf(worker));
  });
  return atMost(timers, timeoutOf(settings), over, () => since(before, statsOf(worker)));
}

const lostIn = ({ dropped }: Stats): number => Object.values(dropped).reduce((sum, count) => sum + count, 0);

const since = (before: Stats, now: Stats): FlushResult => ({
  delivered: now.delivered - before.delivered,
  dropped: lostIn(now) - lostIn(before),
  pending: now.pending,
});

const NONE: Stats = { accepted: 0, delivered: 0, dropped: {}, pending: 0 };

export function statsOf({ opened, waiting, missed }: Worker): Stats {
  const stats = opened?.api.stats?.() as Stats | undefined;
  const waits = queuedIn(waiting);
  if (stats && waits + missed === 0) return stats;
  const { accepted, delivered, dropped, pending } = stats ?? NONE;
  return {
    accepted: accepted + waits + missed,
    delivered,
    dropped: missed > 0 ? { ...dropped, queue_full: (dropped.queue_full ?? 0) + missed } : dropped,
    pending: pending + waits,
  };
}

/** What cannot be copied is refused in its turn. */
function snapshot(args: readonly unknown[]): readonly unknown[] {
  try {
    return copied(args);
  } catch {
    return args;
  }
}
