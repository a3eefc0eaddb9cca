/** What happens to the page: it is hidden, left, frozen, comes back; the network comes back; another tab writes. */
import type { Timers } from "@whisperr/core";
import type { Lanes } from "./lanes.ts";

export interface LifecyclePorts {
  /** Sends what waits, now. */
  readonly sendNow: () => void;
  readonly setLeaving: (leaving: boolean) => void;
  readonly lanes: Lanes | undefined;
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
  const { sendNow, setLeaving, lanes, timers, sync, onStored } = ports;
  const ending = new AbortController();
  const { signal } = ending;
  let timer: unknown;

  function scanLater(): void {
    if (lanes === undefined || signal.aborted) return;
    timer = timers.set(() => void lanes.scan().finally(scanLater), SCAN_EVERY_MS);
  }

  function leave(): void {
    setLeaving(true);
    sendNow();
  }

  const on = <E extends Event>(target: EventTarget, type: string, listener: (event: E) => void) =>
    target.addEventListener(type, listener as (event: Event) => void, { signal, capture: true });

  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") return leave();
    setLeaving(false);
    void lanes?.scan();
  });
  on(window, "pagehide", () => {
    leave();
    lanes?.suspend();
  });
  on(window, "pageshow", ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    setLeaving(false);
    // Frozen pages hear nothing of what others store.
    if (lanes === undefined) sync();
    else void lanes.resume().then(() => sync());
  });
  on(window, "online", sendNow);
  on(window, "storage", ({ key, newValue }: StorageEvent) => onStored(key, newValue));
  scanLater();
  setLeaving(document.visibilityState === "hidden");

  return {
    stop() {
      ending.abort();
      timers.clear(timer);
      lanes?.suspend();
    },
  };
}
