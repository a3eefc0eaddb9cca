/** What happens to the page: it is hidden, left, frozen, comes back; the network comes back; another tab writes. */
import type { Timers } from "@whisperr/core";
import type { SharedQueue } from "./queue/shared-queue.ts";
import type { TabQueue } from "./queue/state.ts";
import { type Effects, end, leave, scan, start } from "./queue/tab-queue.ts";

export interface LifecyclePorts {
  /** Sends what waits, now. */
  readonly sendNow: () => void;
  readonly setLeaving: (leaving: boolean) => void;
  readonly shared: SharedQueue | undefined;
  readonly timers: Timers;
  /** Sees to what another tab may have changed unheard. */
  readonly sync: () => void;
  /** Another tab has stored `text` under this key. */
  readonly onStored: (key: string | null, text: string | null) => unknown;
}

export interface Lifecycle {
  stop(): void;
}

/** How often a page looks for others that died. */
const SCAN_EVERY_MS = 15_000;

export function watchLifecycle(ports: LifecyclePorts): Lifecycle {
  const { sendNow, setLeaving, shared, timers, sync, onStored } = ports;
  const ending = new AbortController();
  const { signal } = ending;
  let timer: unknown;

  function scanLater(): void {
    timer = timers.set(() => {
      onQueue(scan);
      scanLater();
    }, SCAN_EVERY_MS);
  }

  function onQueue(change: (q: TabQueue, fx: Effects) => void): void {
    if (shared) change(shared.q, shared.fx);
  }

  function hide(): void {
    setLeaving(true);
    sendNow();
  }

  const on = <E extends Event>(target: EventTarget, type: string, listener: (event: E) => void) =>
    target.addEventListener(type, listener as (event: Event) => void, { signal, capture: true });

  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") return hide();
    setLeaving(false);
    onQueue(scan);
  });
  on(window, "pagehide", () => {
    hide();
    onQueue(leave);
  });
  on(window, "pageshow", ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    setLeaving(false);
    // Frozen pages hear nothing of what others store.
    if (shared) onQueue(start);
    else sync();
  });
  on(window, "online", sendNow);
  on(window, "storage", ({ key, newValue }: StorageEvent) => onStored(key, newValue));
  if (shared) scanLater();
  setLeaving(document.visibilityState === "hidden");

  return {
    stop() {
      ending.abort();
      timers.clear(timer);
      onQueue(end);
    },
  };
}
