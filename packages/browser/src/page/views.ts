/**
 * Tells when a visitor sees another page: at load, and at each navigation inside the document. What counts is the address as
 * it is recorded, so it does not matter how many signals one navigation gives: exactly one view comes of it.
 *
 * A router writes the address first and the title later. So a view waits for its title, and keeps the time and the address
 * it began with. It comes before whatever the app calls meanwhile, and before the page goes.
 */
import { guard } from "@whisperr/core";
import type { PageCalls } from "./client.ts";
import type { PageContext } from "./context.ts";
import { isPrerendered } from "./lifecycle.ts";
import { listen } from "./listen.ts";
import type { Page } from "./page.ts";

/** A title that is not there after a second is the one of the page before it, too. */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

type Calls = { [name: string]: (...args: readonly unknown[]) => unknown };

/** Records a view now (of a prerendered page: when it is shown) and of each later page. What stops it is put into `stops`. */
export function watchViews(
  page: Page,
  client: PageCalls,
  where: () => PageContext,
  stops: (() => void)[],
): void {
  const { timers } = page;
  const calls = client as unknown as Calls;
  const view = client.page;
  let seen: string | undefined;
  let waiting: { readonly shown: PageContext; readonly atMs: number } | undefined;
  let timer: unknown;

  function record(): void {
    if (!waiting) return;
    const { shown, atMs } = waiting;
    waiting = undefined;
    timers.clear(timer);
    page.viewed = { ...shown, title: where().title };
    page.viewedAtMs = atMs;
    view();
    page.viewed = page.viewedAtMs = undefined;
  }

  function look({ persisted }: Partial<PageTransitionEvent>): void {
    const shown = where();
    const address = `${shown.url} ${shown.path}`;
    // Back from the back/forward cache, the visitor came to the page again although the document never went away.
    if (isPrerendered() || (address === seen && !persisted)) return;
    const isFirst = seen === undefined;
    // Before anything is recorded: the app's beforeSend may tidy the address.
    seen = address;
    record();
    waiting = { shown, atMs: page.nowMs() };
    if (isFirst) record();
    else waitForTitle(LOOKS);
  }

  function waitForTitle(looks: number): void {
    timer = timers.set(() => {
      if (looks > 0 && where().title === waiting?.shown.title) waitForTitle(looks - 1);
      else record();
    }, LOOK_EVERY_MS);
  }

  for (const [name, call] of Object.entries(calls)) {
    calls[name] = (...args) => {
      guard(page, record);
      return call.apply(undefined, args as unknown[]);
    };
  }
  // Of the window: before the document's listeners, who send what there is.
  listen(page, stops, window, "visibilitychange", record);
  listen(page, stops, window, "pagehide", record);
  listen(page, stops, document, "prerenderingchange", look);
  listen(page, stops, window, "pageshow", look);
  guard(page, () => watchAddress(page, stops, look));
  look({});
}

function watchAddress(page: Page, stops: (() => void)[], look: (event: object) => void): void {
  const { navigation } = window;
  // Where engines have none, an element can have its name.
  if (Object.prototype.toString.call(navigation) === "[object Navigation]")
    return listen(page, stops, navigation, "currententrychange", look);
  listen(page, stops, window, "popstate", look);
  // No event tells of these.
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    let isOver = false;
    const patched = (...change: Parameters<History["pushState"]>) => {
      original.apply(history, change);
      if (!isOver) guard(page, () => look({}));
    };
    history[method] = patched;
    stops.push(() => {
      isOver = true;
      // Another library may have patched on top: then ours stays below it and does nothing.
      if (history[method] === patched) history[method] = original;
    });
  }
}
