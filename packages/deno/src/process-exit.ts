/**
 * The end of a Deno process, for all its clients. Deno dispatches `beforeunload` when it has run out of work, and again
 * whenever a listener asked it to go on (`preventDefault`); then `unload`, after which nothing can be waited for. `Deno.exit()`
 * skips the first of them.
 */
import { onEnd, onOutOfWork, type ProcessEnd, type ProcessWatch } from "@whisperr/core";
import { holdingTimers } from "./clock.ts";

const watches = new Set<ProcessWatch>();
/** Clients that may still come to listen. */
let clients = 0;
/** The latest of these events. Once its dispatch is over, nothing that is done to it has an effect. */
let leaving: Event | undefined;

export const PROCESS_END: ProcessEnd = {
  // Until then the process has a listener, however many clients there are.
  join,
  listen(watch) {
    watches.add(watch);
    // An app's own handler made the client listen, too late to be heard this time: Deno is to ask again.
    leaving?.preventDefault();
  },
  unlisten: (watch) => void watches.delete(watch),
  holdingTimers,
  elapsedMs: () => performance.now(),
};

function join(): () => void {
  if (clients === 0) {
    addEventListener("beforeunload", onBeforeUnload);
    addEventListener("unload", onUnload);
  }
  clients += 1;
  let joined = true;
  return () => {
    if (!joined) return;
    joined = false;
    clients -= 1;
    if (clients > 0) return;
    removeEventListener("beforeunload", onBeforeUnload);
    removeEventListener("unload", onUnload);
  };
}

function onBeforeUnload(event: Event): void {
  leaving = event;
  let goesOn = false;
  for (const watch of [...watches]) goesOn = onOutOfWork(watch) || goesOn;
  if (goesOn) event.preventDefault();
}

function onUnload(): void {
  for (const watch of [...watches]) onEnd(watch);
}
