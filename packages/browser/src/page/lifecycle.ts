/** What happens to the page: it is hidden, left, frozen, comes back; the network comes back; another tab writes. */
import { attempt, identityOf, optOut, syncIdentity } from "@whisperr/core";
import { noteLeft } from "../queue/in-flight.ts";
import { waitOut } from "../queue/outbox.ts";
import { end, leave, scan, start } from "../queue/tab-queue.ts";
import { IDENTITY, OPT_OUT } from "../storage/keys.ts";
import { listen } from "./listen.ts";
import type { Page } from "./page.ts";
import { sendNow } from "./sending.ts";

/** How often a page looks for others that died. */
export const SCAN_EVERY_MS = 15_000;

/** Not shown yet. */
export const isPrerendered = (): boolean =>
  attempt(() => (document as { prerendering?: boolean }).prerendering === true, false);

/**
 * What earlier pages have left behind is found, and sent in front of this page's own. A page that nobody has seen yet takes
 * nothing, and stores nothing that another one could take: it may never be shown.
 */
export function startSeen(page: Page): void {
  if (!page.isPrerendered()) start(page);
}

/** With another API key, or by this SDK's predecessor, and the page has not heard of it. */
export const isOptedOut = (page: Page): boolean => !!page.origin.get(OPT_OUT) && !identityOf(page).optedOut;

/** Returns what stops it, and lets go of everything the page has. */
export function watchLifecycle(page: Page): () => void {
  const { timers, prefix } = page;
  const stops: (() => void)[] = [];
  let timer: unknown;

  function lookForOthers(): void {
    timers.clear(timer);
    timer = timers.set(lookForOthers, SCAN_EVERY_MS);
    // A client that is being shut down recovers nothing more.
    if (!page.stopping) scan(page);
  }

  const on = <E extends Event>(target: EventTarget, type: string, listener: (event: E) => void) =>
    listen(page, stops, target, type, listener);

  on(document, "visibilitychange", () => (page.isHidden() ? sendNow(page) : lookForOthers()));
  /** Apps empty their storage right after `optOut()`, and load the page again. */
  const keepOptOut = () => void (page.known?.optedOut && identityOf(page));

  on(window, "pagehide", () => {
    keepOptOut();
    leave(page);
    noteLeft(page);
    sendNow(page);
  });
  on(document, "prerenderingchange", () => startSeen(page));
  // From the back/forward cache; a page that has just been loaded has started.
  on(window, "pageshow", () => startSeen(page));
  on(window, "online", () => sendNow(page));
  on(window, "storage", ({ key, newValue }: StorageEvent) => {
    if (key === prefix + IDENTITY) syncIdentity(page, newValue);
    else if (key === null) keepOptOut();
    else if (key === OPT_OUT && isOptedOut(page)) optOut(page);
  });
  lookForOthers();

  return () => {
    for (const stop of stops) stop();
    timers.clear(timer);
    waitOut(page, []);
    end(page);
  };
}
