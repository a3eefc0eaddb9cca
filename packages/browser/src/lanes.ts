/**
 * The queue across pages: a page that starts takes over what dead pages left behind, in order and in front of its own;
 * a page that lives looks from time to time for others that died; a page that comes back from the back/forward cache
 * finds out what was taken over meanwhile.
 *
 * What a request carries is noted (`f.<lane>`: until when it may be under way, and the last record of each lane). A page
 * that ends leaves the note behind, and the next one waits, so that an answer that nobody saw does not mean that
 * everything is sent again by page after page.
 */
import type { DeviceQueue, DropReason, Operation } from "@whisperr/core";
import type { Claims } from "./claims.ts";
import { type Entry, type LaneOutbox, laneOf, RECORD } from "./outbox.ts";
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

interface Adoption {
  readonly entries: readonly Entry[];
  readonly doubtful: number;
  readonly leaseMs: number;
}

const IN_FLIGHT = "f.";
/** Losing a lane just made to another page is rare; losing several in a row is a browser that cannot claim. */
const MAX_TRIES = 3;

export function createLanes(ports: LanesPorts): Lanes {
  const { storage, claims, outbox, queue, nowMs, leaseMs } = ports;
  /** Lanes this page has, or has asked for, and what ends its claim. */
  const claimed = new Map<string, () => void>();
  let mine = "";
  /** Where it stands that something of this page is in flight. */
  let note = "";
  let ready: Promise<void> | undefined;
  let latest: Promise<void> | undefined;
  let suspensions = 0;
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

  async function claim(lane: string): Promise<boolean> {
    const { granted, end } = claims.claim(lane);
    claimed.set(lane, end);
    const isMine = await granted;
    if (!isMine && claimed.get(lane) === end) claimed.delete(lane);
    return isMine;
  }

  /** Everything in lanes that nobody has. `evenLeased`: also what may still be under way. */
  async function adopt(evenLeased: boolean): Promise<Adoption> {
    const backup = await ports.backup?.();
    const all = (): string[] => [...new Set([...storage.keys(), ...(backup?.keys() ?? [])])].sort();
    const records = () => all().filter((key) => key.startsWith(RECORD));
    const notes = readNotes();
    // Several pages may have sent the same, one after the other: the latest note counts.
    const leased = (key: string) =>
      notes
        .filter(({ last }) => last.some((one) => covers(one, key)))
        .reduce((most: number | undefined, { leftMs }) => Math.max(most ?? 0, leftMs), undefined);
    // Not those of this page, although their claims may have ended when it was left.
    const own = outbox.entries.map(({ key }) => laneOf(key));
    const others = [...new Set(records().map(laneOf))].filter((lane) => {
      const isFree =
        evenLeased || !notes.some((note) => note.leftMs > 0 && note.last.some((key) => laneOf(key) === lane));
      return isFree && !own.includes(lane);
    });
    const free = await Promise.all(others.map(claim));
    const taken = new Set(others.filter((_lane, index) => free[index]));
    const latest = (await ports.backup?.()) ?? backup;
    const entries = read(
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

  function read(keys: readonly string[], backup: ReadonlyMap<string, string> | undefined): Entry[] {
    const gone = new Map<DropReason, number>();
    const entries: Entry[] = [];
    for (const key of keys) {
      const text = storage.get(key) ?? backup?.get(key);
      // Its page has just delivered it.
      if (text === undefined) continue;
      const operation = ports.restore(text);
      if (typeof operation === "string") {
        storage.remove(key);
        gone.set(operation, (gone.get(operation) ?? 0) + 1);
        continue;
      }
      // It may be other than it was, or known from the backup only.
      const restored = JSON.stringify(operation);
      if (restored !== storage.get(key)) storage.set(key, restored);
      entries.push({ key, operation, stored: true });
    }
    for (const [reason, count] of gone) ports.giveUp(reason, count);
    return entries;
  }

  /** What other pages have in flight, or had when they ended. */
  function readNotes(): { leftMs: number; last: string[] }[] {
    const keys = storage.keys().filter((key) => key.startsWith(IN_FLIGHT) && key !== note);
    return keys.map((key) => {
      const [untilMs, ...last] = (storage.get(key) ?? "").split(" ");
      // What it was about has arrived, or was given up.
      if (last.every((one) => storage.get(one) === null)) storage.remove(key);
      // A clock that was set back must not make anybody wait longer.
      return { leftMs: Math.min(Number(untilMs) - nowMs() || 0, leaseMs), last };
    });
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
      if (await claim(lane)) return;
      newLane();
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
    for (const end of claimed.values()) end();
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
      const before = suspensions;
      ready = inTurn(async () => {
        claimed.clear();
        await claimLane();
        const lanes = new Set(outbox.entries.map(({ key }) => laneOf(key)));
        await Promise.all([...lanes].filter((lane) => !claimed.has(lane)).map(claim));
        letGo((key) => !claimed.has(laneOf(key)) || isGone(key));
        isSure = claims.areLasting && before === suspensions;
        ready = undefined;
      });
      return ready;
    },
    onInFlight(last) {
      if (last.length === 0) return storage.remove(note);
      note = IN_FLIGHT + mine;
      storage.set(note, [nowMs() + leaseMs, ...last].join(" "));
    },
    onEmptied,
  };
}

/** Is `key` in the same lane, and not behind `last`? */
function covers(last: string, key: string): boolean {
  return laneOf(last) === laneOf(key) && key <= last;
}
