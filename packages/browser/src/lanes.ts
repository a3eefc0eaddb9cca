/**
 * The queue across pages: a page that starts takes over what dead pages left behind, in order and in front of its own;
 * a page that lives looks from time to time for others that died; a page that comes back from the back/forward cache
 * finds out what was taken over meanwhile.
 */
import type { DropReason, Operation, Timers } from "@whisperr/core";
import type { Claims } from "./claims.ts";
import { flightNotes } from "./flight-notes.ts";
import { type Entry, type LaneOutbox, laneOf, RECORD } from "./outbox.ts";
import { readEntries } from "./read-entries.ts";
import type { Storage } from "./storage.ts";

export interface Lanes {
  /** Once, when the page starts. */
  start(): Promise<void>;
  /** Takes over what pages that died meanwhile left behind. */
  scan(): Promise<void>;
  /** The page may be frozen, or gone: others may take over. */
  suspend(): void;
  /** The page goes on after `suspend`. */
  resume(): Promise<void>;
  /** Resolves when nothing is in doubt about what is this page's. */
  readonly ready: Promise<void> | undefined;
  onInFlight(last: readonly string[]): void;
  onEmptied(lane: string): void;
}

export interface LanesPorts {
  readonly storage: Storage;
  /** What the next page of this tab finds. */
  readonly tab: Storage | undefined;
  readonly timers: Timers;
  readonly claims: Claims;
  readonly outbox: LaneOutbox;
  readonly queue: DeviceQueue;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** A stored operation as it is on this page, or why it goes. */
  readonly restore: (text: string) => Operation | DropReason;
  readonly giveUp: (reason: DropReason, count: number) => void;
  /** The user may have opted out, or become known, since `restore`. */
  readonly onAdopted: () => void;
  /** The client is shut down: nothing is taken over any more. */
  readonly isOver: () => boolean;
  /** Longer than a request that was under way when its page ended is waited for. */
  readonly leaseMs: number;
  /** Records that outlived the storage. */
  readonly backup?: (() => Promise<ReadonlyMap<string, string>>) | undefined;
}

/** The client's queue, as far as other pages change it. */
interface DeviceQueue {
  adopted(count: number, doubtful: number, leaseMs: number): void;
  joined(count: number): void;
  joinedHeld(count: number): void;
  withdrawn(index: number): void;
}

interface Adoption {
  readonly entries: readonly Entry[];
  readonly doubtful: number;
  readonly leaseMs: number;
}

/** Losing a lane just made to another page is rare; losing several in a row is a browser that cannot claim. */
const MAX_TRIES = 3;

/** In the storage of the tab: the lanes of the page that was here last. */
const LEFT = "left";
/** A busy browser needs a moment until the claims of a page that was left are free: this many tries, and this long between. */
const LEFT_TRIES = 20;
const LEFT_RETRY_MS = 50;

export function createLanes(ports: LanesPorts): Lanes {
  const { storage, claims, outbox, queue, nowMs } = ports;
  const notes = flightNotes(ports);
  /** Lanes this page has, or has asked for, and what ends its claim. */
  const claimed = new Map<string, () => void>();
  let mine = "";
  let ready: Promise<void> | undefined;
  let latest: Promise<void> | undefined;
  let suspensions = 0;
  /** Resolves when the page is back. */
  let away: Promise<void> | undefined;
  let comeBack = () => {};
  /** Nobody else may have touched what stands in this page's lanes. */
  let isSure = false;

  /** One after the other: each works with what the one before it has found. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    latest = latest?.then(task) ?? task();
    return latest;
  }

  /** Later than every lane there is, whatever the clock says. */
  function newLane(): void {
    const stamps = storage.keys().map((key) => Number.parseInt(laneOf(key).slice(0, 9), 36) || 0);
    const stamp = Math.max(nowMs(), ...stamps.map((one) => one + 1));
    mine = stamp.toString(36).padStart(9, "0") + ports.newId().slice(0, 6);
    outbox.writeTo(mine);
  }

  /** A page that was left claims nothing until it is back. */
  async function claim(lane: string): Promise<boolean> {
    if (away !== undefined) await away;
    const { granted, end } = claims.claim(lane);
    claimed.set(lane, end);
    // It may have ended before it was granted.
    const isMine = (await granted) && claimed.get(lane) === end;
    if (!isMine && claimed.get(lane) === end) claimed.delete(lane);
    return isMine;
  }

  /** Lanes of the pages before this one in its tab. Their events come first, so they are worth waiting for. */
  const left = (): string[] => ports.tab?.get(LEFT)?.split(" ") ?? [];

  async function claimLeft(lane: string, waits: boolean): Promise<boolean> {
    for (let tries = waits ? LEFT_TRIES : 1; ; tries--) {
      if (await claim(lane)) return true;
      if (tries <= 1) return false;
      await new Promise((resolve) => ports.timers.set(() => resolve(undefined), LEFT_RETRY_MS));
    }
  }

  /** Everything in lanes that nobody has. `evenLeased`: also what may still be under way. */
  async function adopt(evenLeased: boolean): Promise<Adoption> {
    const backup = await ports.backup?.();
    const all = (): string[] => [...new Set([...storage.keys(), ...(backup?.keys() ?? [])])].sort();
    const records = () => all().filter((key) => key.startsWith(RECORD));
    const { leased, isUnderWay } = notes.read();
    // Not those of this page, although their claims may have ended when it was left.
    const own = outbox.entries.map(({ key }) => laneOf(key));
    const others = [...new Set(records().map(laneOf))].filter((lane) => {
      return (evenLeased || !isUnderWay(lane)) && !own.includes(lane);
    });
    const free = await Promise.all(
      others.map((lane) => claimLeft(lane, evenLeased && left().includes(lane))),
    );
    const taken = new Set(others.filter((_lane, index) => free[index]));
    const latest = (await ports.backup?.()) ?? backup;
    const entries = readEntries(
      ports,
      records().filter((key) => taken.has(laneOf(key))),
      latest,
    );
    const doubtful = entries.reduce(
      (last, { key }, index) => (leased(key) === undefined ? last : index + 1),
      0,
    );
    const waits = entries.map(({ key }) => leased(key) ?? 0);
    for (const lane of taken) if (!entries.some(({ key }) => laneOf(key) === lane)) onEmptied(lane);
    return { entries, doubtful, leaseMs: Math.max(0, ...waits) };
  }

  function onEmptied(lane: string): void {
    if (lane === mine) return;
    claimed.get(lane)?.();
    claimed.delete(lane);
  }

  /** A lane that another page has taken over is not this page's any more, nor is what stands in it. */
  async function claimLane(): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const lane = mine;
      if (claimed.has(lane) || (await claim(lane))) return;
      // The page may have come back meanwhile, and have another.
      if (mine === lane) newLane();
      letGo((key) => laneOf(key) === lane);
    }
  }

  function letGo(isLost: (key: string) => boolean): void {
    for (let index = outbox.size - 1; index >= 0; index--) {
      const { key, stored } = outbox.entries[index] as Entry;
      if (!stored || !isLost(key)) continue;
      outbox.forget(index);
      queue.withdrawn(index);
    }
  }

  const isGone = (key: string) => storage.get(key) === null;

  function suspend(): void {
    // What is not there any more, the app has emptied out with the rest of its storage: it must not end with the page.
    if (isSure) outbox.save();
    isSure = false;
    suspensions++;
    const lanes = new Set(storage.keys().map(laneOf));
    ports.tab?.set(LEFT, [...claimed.keys(), ...left()].filter((lane) => lanes.has(lane)).join(" "));
    for (const end of claimed.values()) end();
    claimed.clear();
    away ??= new Promise((resolve) => {
      comeBack = resolve;
    });
  }

  return {
    get ready() {
      return ready;
    },
    start() {
      // At once: what is recorded from now on goes into it.
      newLane();
      return inTurn(async () => {
        const before = suspensions;
        await claimLane();
        isSure = claims.areLasting && before === suspensions;
        const { entries, doubtful, leaseMs: waitMs } = await adopt(true);
        if (ports.isOver()) return suspend();
        const held = outbox.addInFront(entries);
        queue.joinedHeld(held);
        queue.adopted(entries.length - held, doubtful, waitMs);
        if (entries.length > 0) ports.onAdopted();
      });
    },
    scan: () =>
      inTurn(async () => {
        const { entries } = await adopt(false);
        if (ports.isOver()) return suspend();
        if (entries.length === 0) return;
        const held = outbox.addAtEnd(entries);
        queue.joinedHeld(held);
        if (entries.length > held) queue.joined(entries.length - held);
        ports.onAdopted();
      }),
    suspend,
    resume() {
      newLane();
      // Before the app can do anything with what others have delivered.
      letGo(isGone);
      away = undefined;
      comeBack();
      const before = suspensions;
      ready = inTurn(async () => {
        await claimLane();
        const lanes = new Set(outbox.entries.map(({ key }) => laneOf(key)));
        await Promise.all([...lanes].filter((lane) => !claimed.has(lane)).map(claim));
        letGo((key) => !claimed.has(laneOf(key)) || isGone(key));
        isSure = claims.areLasting && before === suspensions;
        ready = undefined;
      });
      return ready;
    },
    onInFlight: (last) => notes.write(mine, last),
    onEmptied,
  };
}
