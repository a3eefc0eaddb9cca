/**
 * The storage of a browser profile. Pages of one process see each other's changes at once, pages of another one a little
 * later, as in browsers that keep a copy in every process.
 */
import { IDENTITY } from "../../../../packages/browser/src/storage/keys.ts";
import type { VirtualTime } from "../virtual-time.ts";

export interface ProfileStorage {
  /** Another process of the browser. */
  openProcess(): Process;
  /** Nothing that needs more room can be stored. */
  isFull: boolean;
  /** An app does so, in all its tabs: `localStorage.clear()`. */
  empty(): void;
  /** What the browser itself has. */
  readonly records: ReadonlyMap<string, string>;
  /** As it will be when all changes have arrived. */
  readonly latest: ReadonlyMap<string, string>;
}

/** One page's way to the storage. */
export interface ProcessStorage {
  readonly view: ReadonlyMap<string, string>;
  /** `null` removes. False when there is no room. */
  change(key: string, text: string | null): boolean;
}

/** A process of the browser, and its copy of the storage. */
export interface Process {
  /** `onChange` is told of what other pages have changed. */
  openPage(onChange: Listener): ProcessStorage;
}

type Listener = (key: string, text: string | null) => void;

interface Copy {
  readonly view: Map<string, string>;
  /** Changes it began with: a process takes longer to start than a change to be seen. */
  readonly since: number;
  /** Changes of its own that are on their way, by key: what others wrote before them counts no more. */
  readonly underWay: Map<string, number>;
  readonly listeners: Set<Listener>;
}

/** `delayMs`: until a change is seen by pages of other processes. */
export function profileStorage(time: VirtualTime, delayMs: number): ProfileStorage {
  const records = new Map<string, string>();
  const latest = new Map<string, string>();
  let changes = 0;
  const copies: Copy[] = [];
  const profile = { openProcess, isFull: false, empty, records, latest };

  function empty(): void {
    for (const { view } of [...copies, { view: records }, { view: latest }]) view.clear();
  }

  function openProcess(): Process {
    const own: Copy = { view: new Map(latest), since: changes, underWay: new Map(), listeners: new Set() };
    copies.push(own);
    return {
      openPage(onChange) {
        own.listeners.add(onChange);
        return { view: own.view, change: (key, text) => change(own, onChange, key, text) };
      },
    };
  }

  function change(own: Copy, author: Listener, key: string, text: string | null): boolean {
    if (profile.isFull && (text?.length ?? 0) > (own.view.get(key)?.length ?? 0)) return false;
    const number = ++changes;
    apply(own.view, key, text);
    apply(latest, key, text);
    tell(own, key, text, author);
    own.underWay.set(key, (own.underWay.get(key) ?? 0) + 1);
    later(() => {
      apply(records, key, text);
      for (const copy of copies)
        if (copy === own || copy.since < number) later(() => reach(copy, own, key, text));
    });
    return true;
  }

  function reach(copy: Copy, from: Copy, key: string, text: string | null): void {
    if (copy === from) {
      const left = (copy.underWay.get(key) ?? 1) - 1;
      if (left > 0) copy.underWay.set(key, left);
      else copy.underWay.delete(key);
      return;
    }
    if (!copy.underWay.has(key)) apply(copy.view, key, text);
    tell(copy, key, text);
  }

  /** As events: never in the middle of what a page does. Nobody listens to other keys. */
  function tell({ listeners }: Copy, key: string, text: string | null, author?: Listener): void {
    if (key !== IDENTITY) return;
    for (const listener of listeners) if (listener !== author) time.after(0, () => listener(key, text));
  }

  function later(task: () => void): void {
    if (delayMs === 0) task();
    else time.after(delayMs / 2, task);
  }

  return profile;
}

function apply(view: Map<string, string>, key: string, text: string | null): void {
  if (text === null) view.delete(key);
  else view.set(key, text);
}
