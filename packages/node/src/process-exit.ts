/**
 * One `beforeExit` listener for all clients of the process: Node warns of a leak from the eleventh listener on, and
 * an app may well have more clients than that. It is there only while a client listens.
 */

const listeners = new Set<() => void>();

export function addExitListener(listener: () => void): void {
  if (listeners.size === 0) process.on("beforeExit", notify);
  listeners.add(listener);
}

export function removeExitListener(listener: () => void): void {
  if (listeners.delete(listener) && listeners.size === 0) process.off("beforeExit", notify);
}

function notify(): void {
  for (const listener of [...listeners]) listener();
}
