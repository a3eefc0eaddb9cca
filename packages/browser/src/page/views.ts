/**
 * Tells when a visitor sees another page: at load, and at each navigation inside the document. What counts is the address,
 * so it does not matter how many signals one navigation gives: exactly one view comes of it.
 */
import { isPrerendered } from "./lifecycle.ts";

/** Calls `onView` at once (a prerendered page: when it is shown) and at each later page view, until the `signal`. */
export function watchPageViews(onView: () => void, signal: AbortSignal): void {
  let seen: string | undefined;
  const look = ({ persisted }: Partial<PageTransitionEvent>) => {
    const page = location.href.replace(ANCHOR, "");
    // Back from the back/forward cache, the visitor came to the page again although the document never went away.
    if (signal.aborted || isPrerendered() || (page === seen && !persisted)) return;
    seen = page;
    onView();
  };
  const listen = (target: EventTarget, type: string) => target.addEventListener(type, look, { signal });
  listen(document, "prerenderingchange");
  listen(window, "pageshow");
  if (window.navigation) listen(navigation, "currententrychange");
  else {
    listen(window, "popstate");
    // For engines without the Navigation API: no event tells of these.
    for (const method of ["pushState", "replaceState"] as const) {
      const original = history[method];
      const patched = (...change: Parameters<History["pushState"]>) => {
        original.apply(history, change);
        look({});
      };
      history[method] = patched;
      signal.addEventListener("abort", () => {
        // Another library may have patched on top: then ours stays below it and does nothing.
        if (history[method] === patched) history[method] = original;
      });
    }
  }
  look({});
}

/** A fragment is a place on the page, not a page, unless it looks like a route: `#/cart`, `#!cart`. */
const ANCHOR = /#(?![/!]).*/;
