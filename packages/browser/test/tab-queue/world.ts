/**
 * A small browser profile for the exhaustive search: pages that run the machine of the tab queue, one storage, one lock
 * manager, a network. A world is plain JSON, and everything that takes time is an action of its own, so that the search
 * sees every order in which things can happen.
 */
import type { Operation } from "@whisperr/core";
import { isHeld } from "@whisperr/core";
import type { Effects, Entry, TabQueue } from "../../src/queue/state.ts";
import {
  found,
  isLocked,
  lockAnswered,
  look,
  recovered,
  replace,
  start,
  store,
} from "../../src/queue/tab-queue.ts";
import { queueOf } from "../../src/storage/keys.ts";
import { newState, type State } from "./transition.ts";

export interface Page {
  life: "alive" | "frozen" | "dead";
  /** The browser tab it is in. */
  tab: number;
  q: State;
  /** Its client was shut down: what it has is sent, and nothing more is recovered. */
  isStopping: boolean;
  /** And that is done: it hears of nothing any more. */
  isOver: boolean;
  /** What it found as it started has come in. */
  hasStarted: boolean;
  /** Operations at the front that a request carries. */
  inFlight: number;
  /** It has waited long enough for the locks of the pages before it. */
  hasWaited: boolean;
}

export interface LockRequest {
  page: number;
  queue: string;
  /** Undefined: the lock manager has not seen it yet. */
  verdict?: boolean;
}

/** In the place of a holder: the lock manager is still to hear that the lock was released. */
export const RELEASING = -1;

/** Faults that the search must find. */
export type Sabotage = "marksNothing" | "looksNever" | "grantsAlways" | "removesAtRecovery" | "leavesNoWord";

export interface World {
  sabotage?: Sabotage | undefined;
  /** The lock manager hears late that a lock was released. */
  isSlow?: boolean | undefined;
  pages: Page[];
  storage: Record<string, string>;
  /** `sessionStorage`, by tab. */
  left: string[][];
  /** Queues that pages had as they were left, by tab: they come before what the next one records. */
  before: string[][];
  /** Who has a lock, or `RELEASING`. A page that is gone may have one for a while. */
  holders: Record<string, number>;
  requests: LockRequest[];
  /** Queue ids given out. */
  ids: number;
  /** Operations recorded, numbered from 1. */
  recorded: number;
  /** A page has heard that these arrived. */
  acknowledged: number[];
  /** Nobody is to blame if these never arrive. */
  excused: number[];
  user: boolean;
  freezes: number;
  crashes: number;
  failures: number;
  clears: number;
  shutdowns: number;
}

export const newWorld = (tabs: number, isSlow?: boolean, sabotage?: Sabotage): World => ({
  sabotage,
  isSlow,
  pages: [],
  storage: {},
  left: Array.from({ length: tabs }, () => []),
  before: Array.from({ length: tabs }, () => []),
  holders: {},
  requests: [],
  ids: 0,
  recorded: 0,
  acknowledged: [],
  excused: [],
  user: false,
  freezes: 0,
  crashes: 0,
  failures: 0,
  clears: 0,
  shutdowns: 0,
});

/** What must never happen. */
export class Violation extends Error {}

export function ensure(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}

export const numberOf = (entry: Entry): number => (entry.operation as unknown as { n: number }).n;

export const operation = (n: number, isHeld: boolean): Operation =>
  ({ kind: "track", n, ...(isHeld && { held: true }) }) as unknown as Operation;

/** Operations at the front that may be sent. */
export const due = ({ q }: Page): Entry[] => q.entries.filter((entry) => !isHeld(entry.operation));

/** The machine of one page. Its effects are carried out at once in its world, and are not written down with it. */
export function machineOf(world: World, index: number): TabQueue {
  const { q } = world.pages[index] as Page;
  if (!("tabEffects" in q))
    Object.defineProperty(q, "tabEffects", { value: effectsOf(world, index, q as TabQueue) });
  return q as TabQueue;
}

function effectsOf(world: World, index: number, q: TabQueue): Effects {
  const page = world.pages[index] as Page;
  const effects: Effects = {
    newId: () => String.fromCharCode(97 + world.ids++),
    requestLock(queue) {
      ensure(q.queues[queue] !== true, `page ${index} asks for the lock of ${queue}, which it has`);
      world.requests.push({ page: index, queue });
    },
    find: () => found(q, [...new Set(recordKeys(world).map(queueOf))]),
    readLocked() {
      const own = new Set(q.entries.map(({ key }) => key));
      const entries: Entry[] = [];
      for (const key of page.isStopping && q.hasStarted ? [] : recordKeys(world)) {
        if (!isLocked(q, key) || own.has(key)) continue;
        const text = world.storage[key] as string;
        if (text === "") effects.remove(key);
        else {
          const entry = { key, operation: restored(world, text), isStored: true };
          if (world.sabotage === "removesAtRecovery") effects.remove(key);
          else store(effects, entry);
          entries.push(entry);
        }
      }
      recovered(q, entries, 0);
    },
    isAlone: () => recordKeys(world).every((key) => queueOf(key) === q.own),
    get: (key) => world.storage[key] ?? null,
    set(key, text) {
      if (text !== "" || world.sabotage !== "marksNothing") world.storage[key] = text;
      return true;
    },
    remove(key) {
      ensure(world.holders[queueOf(key)] === index, `page ${index} removes ${key} without the lock`);
      delete world.storage[key];
    },
    letGo(queues) {
      for (const queue of queues) free(world, index, queue);
      if (world.sabotage === "leavesNoWord") return;
      const left = world.left[page.tab] as string[];
      world.left[page.tab] = [...new Set([...queues, ...left])].sort();
    },
    revoked(at) {
      if (at >= page.inFlight) return;
      // The request is let go of; nobody hears what became of it.
      page.inFlight = 0;
    },
    joined() {
      if (!page.hasStarted) ensure(ownComeLast(q), `page ${index} has its own before what it recovered`);
      page.hasStarted = true;
      if (world.user) release(world, index);
    },
  };
  return effects;
}

function free(world: World, index: number, queue: string): void {
  world.requests = world.requests.filter((one) => one.page !== index || one.queue !== queue);
  if (world.holders[queue] !== index) return;
  if (world.isSlow) world.holders[queue] = RELEASING;
  else delete world.holders[queue];
}

function ownComeLast({ own, entries }: TabQueue): boolean {
  const due = entries.filter(({ operation }) => !isHeld(operation)).map(({ key }) => queueOf(key) === own);
  return due.every((isOwn, at) => isOwn || !due.slice(0, at).includes(true));
}

/** Held events become the user's, as soon as there is one: each in its place. */
export function release(world: World, index: number): void {
  const { isStopping } = world.pages[index] as Page;
  const q = machineOf(world, index);
  q.entries.forEach((entry, place) => {
    if (!isStopping && isHeld(entry.operation)) replace(q, place, operation(numberOf(entry), false));
  });
}

/** Is the lock to be waited for? It may still be held by the page before this one in its tab. */
export function waits(world: World, { page, queue }: LockRequest): boolean {
  const { q, tab, hasWaited } = world.pages[page] as Page;
  return q.isHere && !q.maySend && !hasWaited && (world.left[tab] as string[]).includes(queue);
}

/** A page in which nothing has happened. */
function untouched(): Omit<Page, "life" | "tab"> {
  return {
    q: newState(),
    isStopping: false,
    isOver: false,
    hasStarted: false,
    inFlight: 0,
    hasWaited: false,
  };
}

export function open(world: World, tab: number): void {
  world.pages.push({ life: "alive", tab, ...untouched() });
  const index = world.pages.length - 1;
  start(machineOf(world, index));
}

export function die(world: World, index: number): void {
  const page = world.pages[index] as Page;
  // Nothing that happens to it counts any more.
  Object.assign(page, { life: "dead", ...untouched() });
  world.requests = world.requests.filter((one) => one.page !== index);
}

export function answerLock(world: World, request: LockRequest): void {
  world.requests = world.requests.filter((one) => one !== request);
  lockAnswered(machineOf(world, request.page), request.queue, request.verdict === true);
}

export function lookFirst(world: World, index: number): void {
  if (world.sabotage !== "looksNever") look(machineOf(world, index));
}

export const recordKeys = ({ storage }: World): string[] => Object.keys(storage).sort();

function restored(world: World, text: string): Operation {
  const { n, held } = JSON.parse(text) as { n: number; held?: true };
  return operation(n, held === true && !world.user);
}
