/**
 * One `beforeExit` listener for all clients of the process: Node warns of a leak from the eleventh listener on, and
 * an app may well have more clients than that. It is there only while a client listens.
 */
import type { EndListener } from "@whisperr/core";

const listeners = new Set<EndListener>();

export function addExitListener(listener: EndListener): void {
  if (listeners.size === 0) process.on("beforeExit", notify);
  listeners.add(listener);
}

export function removeExitListener(listener: EndListener): void {
  if (listeners.delete(listener) && listeners.size === 0) process.off("beforeExit", notify);
}

/** Node goes on by itself while a timer holds it. */
function notify(): void {
  for (const listener of [...listeners]) listener.onOutOfWork();
}
