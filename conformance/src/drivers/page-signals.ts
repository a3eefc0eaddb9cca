/** What a browser tells its pages, told by the runner instead. */
import type { PrivacyRequest, Signal } from "../protocol.ts";
import { MARK } from "./other-page.ts";

let isFrozen = false;
const { href } = location;

// A frozen page does not hear what others store. Before the SDK, which may listen in the same place.
addEventListener(
  "storage",
  (event) => {
    if (isFrozen && event.key !== MARK) event.stopImmediatePropagation();
  },
  { capture: true },
);

export function signal(name: Signal): void {
  if (name === "frozen" || name === "thawed") isFrozen = name === "frozen";
  if (name === "online") return void dispatchEvent(new Event("online"));
  if (name === "frozen") return void dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  if (name === "thawed") return void dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  show(document, { visibilityState: name === "hidden" ? "hidden" : "visible", hidden: name === "hidden" });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

/** From now on the page is seen again, without being told: it is another case's. */
export function forgetSignals(): void {
  isFrozen = false;
  show(document, { visibilityState: "visible", hidden: false });
}

/** From now on the page shows its own address, as when it was loaded. */
export function goBack(): void {
  if (location.href !== href) history.replaceState(null, "", href);
}

export function browserAsks(privacy: PrivacyRequest | undefined): void {
  show(navigator, {
    doNotTrack: privacy === "do-not-track" ? "1" : null,
    globalPrivacyControl: privacy === "global-privacy-control",
  });
}

function show(target: object, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(target, name, { configurable: true, get: () => value });
}
