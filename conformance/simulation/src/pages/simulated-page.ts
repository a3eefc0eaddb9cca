/** A page: the whole client with a storage, locks, network, timers and events of its own; it may be frozen, and may die. */
import "./build-constants.ts";
import {
  type DeviceClient,
  HOLD,
  PUSH,
  type ResolvedOptions,
  type Timers,
  type WhisperrError,
} from "@whisperr/core";
import type { BrowserOptions } from "../../../../packages/browser/src/options.ts";
import { contextOf } from "../../../../packages/browser/src/page/context.ts";
import type { PageHost } from "../../../../packages/browser/src/page/host.ts";
import { watchLifecycle } from "../../../../packages/browser/src/page/lifecycle.ts";
import { createPage } from "../../../../packages/browser/src/page/page.ts";
import { newShared } from "../../../../packages/browser/src/page/shared.ts";
import { type TabLocks, tabLocks } from "../../../../packages/browser/src/queue/locks.ts";
import { openStoredLocks } from "../../../../packages/browser/src/queue/stored-locks.ts";
import type { Storage } from "../../../../packages/browser/src/storage/storage.ts";
import { pageDocument } from "./page-document.ts";
import { pageNetwork } from "./page-network.ts";
import type { Process } from "./profile-storage.ts";
import type { Browser } from "./simulated-browser.ts";
import type { Responsible } from "./witness.ts";

export interface SimulatedPage extends Responsible {
  readonly client: DeviceClient;
  readonly errors: readonly WhisperrError[];
  readonly isFrozen: boolean;
  readonly hasCrashed: boolean;
  hide(): void;
  show(): void;
  online(): unknown;
  /** The visitor goes elsewhere: the page is told, and dies, or is frozen if it can be. */
  leave(mayFreeze: boolean): Promise<void>;
  thaw(): void;
  crash(): void;
  /** Crashes instead of its next `writes`-th change of the storage. */
  crashAfter(writes: number): void;
  shutdown(timeoutMs?: number): Promise<unknown>;
}

export interface PageSettings {
  readonly name: string;
  readonly visit: number;
  readonly options: BrowserOptions;
  readonly resolved: ResolvedOptions;
  readonly process: Process;
  readonly tab: Map<string, string>;
}

/** Hidden pages have their timers fire once a second. */
const HIDDEN_TIMER_MS = 1000;

/** From `pagehide` until a page stands still. */
const MAX_FREEZING_MS = 5;

export function simulatedPage(browser: Browser, settings: PageSettings): SimulatedPage {
  const { time, random, witness, locks } = browser;
  const { name, visit, options, resolved } = settings;
  const errors: WhisperrError[] = [];
  const events = pageDocument();
  let deferred: (() => void)[] = [];
  let crashIn = Number.POSITIVE_INFINITY;
  const page = {
    name,
    visit,
    errors,
    isAlive: true,
    isFrozen: false,
    isLeft: false,
    hasCrashed: false,
    suspensions: 0,
    get isGoing() {
      return page.isLeft || events.isHidden();
    },
  };
  const stored = settings.process.openPage((key, text) => {
    if (page.isAlive && !page.isFrozen) events.stored(key, text);
  });
  const holder = {
    get isAlive() {
      return page.isAlive;
    },
    get isFrozen() {
      return page.isFrozen;
    },
    die: () => die(false),
  };

  function die(crashed: boolean): void {
    if (!page.isAlive) return;
    witness.left(page);
    page.isAlive = false;
    page.hasCrashed = crashed;
    network.end(crashed);
    locks.disconnect(holder, !crashed);
    witness.died(page);
  }

  function whenAwake(task: () => void): void {
    if (!page.isAlive) return;
    if (page.isFrozen) deferred.push(task);
    else task();
  }

  const timers: Timers = {
    set(callback, delayMs) {
      const due = events.isHidden() ? Math.ceil(delayMs / HIDDEN_TIMER_MS) * HIDDEN_TIMER_MS : delayMs;
      let isOff = false;
      const callOff = time.after(due, () => whenAwake(() => isOff || callback()));
      return () => {
        isOff = true;
        callOff();
      };
    },
    clear: (handle) => (handle as (() => void) | undefined)?.(),
  };

  function mayWrite(): boolean {
    if (page.isAlive && (crashIn-- <= 0 || witness.isEndless(page))) die(true);
    return page.isAlive;
  }

  const storage: Storage = {
    // Browsers have an order of their own.
    keys: () => (page.isAlive ? [...stored.view.keys()].sort().reverse() : []),
    get: (key) => (page.isAlive ? (stored.view.get(key) ?? null) : null),
    set(key, text) {
      if (!mayWrite()) return true;
      const isStored = stored.change(key, text);
      witness.wrote(key, text, isStored);
      return isStored;
    },
    remove: (key) => void (mayWrite() && stored.change(key, null)),
  };

  const pageLocks = tabLocks(browser.hasLocks ? locks.connect(holder) : undefined, "", timers, async () =>
    openStoredLocks(storage, timers, () => time.wallMs, random.uuid()),
  );
  const watchedLocks: TabLocks = {
    check: pageLocks.check,
    request: (queue, whose, answer) =>
      pageLocks.request(queue, whose, (isGranted) => {
        if (isGranted && page.isAlive) witness.took(page, queue);
        answer(isGranted);
      }),
  };

  const network = pageNetwork(
    { ...browser, whenAwake, isAlive: () => page.isAlive },
    {
      sent: (request) => witness.sent(page, request),
      unsent: (operations) => witness.unsent(page, operations),
      acknowledged: (request) => witness.acknowledged(page, request),
    },
  );

  const { tab } = settings;
  const host: PageHost = {
    prefix: "",
    storage,
    origin: storage,
    isFailureKnown: false,
    tab: {
      keys: () => [...tab.keys()],
      get: (key) => tab.get(key) ?? null,
      set: (key, text) => tab.set(key, text) === tab,
      remove: (key) => void tab.delete(key),
    },
    locks: watchedLocks,
    timers,
    nowMs: () => time.wallMs,
    random: random.next,
    uuid: random.uuid,
    fetch: network.fetch,
    inContext: (run) => run(),
    abortController: () => new AbortController(),
    readText: (response) => response.text(),
    log: () => {},
    shared: newShared(),
    isHidden: events.isHidden,
    isPrerendered: events.isPrerendered,
    device: { holds: options.anonymousEvents === "hold", holding: HOLD, pushing: PUSH },
    contextOf: (record) => contextOf(record, { path: "/" }),
  };

  function onError(error: WhisperrError): void {
    if (!page.isAlive) return;
    errors.push(error);
    options.onError?.(error);
  }
  const { api: client, page: record } = createPage({ ...options, onError }, resolved, host);
  const stopWatching = events.within(() => watchLifecycle(record));

  async function leave(mayFreeze: boolean): Promise<void> {
    page.isLeft = true;
    events.leave();
    page.suspensions++;
    await browser.pause();
    // A page that holds locks is not frozen: browsers give it a moment to let go of them.
    if (mayFreeze) await browser.advance(random.between(0, MAX_FREEZING_MS));
    // What it has sent meanwhile, it has sent without a lock.
    page.suspensions++;
    witness.left(page);
    if (!mayFreeze || locks.concerns(holder)) die(false);
    else page.isFrozen = true;
    if (page.isFrozen && random.chance(0.3)) network.breakOff();
  }

  return Object.assign(page, {
    client,
    hide: events.hide,
    show: events.show,
    online: () => page.isFrozen || events.online(),
    leave,
    thaw() {
      page.isFrozen = page.isLeft = false;
      events.restore();
      const due = deferred;
      deferred = [];
      for (const task of due) time.after(0, () => whenAwake(task));
    },
    crash: () => die(true),
    crashAfter(writes: number) {
      crashIn = writes;
    },
    async shutdown(timeoutMs?: number) {
      const result = await client.shutdown({ timeoutMs });
      stopWatching();
      page.suspensions++;
      return result;
    },
  });
}
