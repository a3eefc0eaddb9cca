/** What another page had in flight may still arrive: until its lease is over, this page sends nothing. */
import type { SharedQueue } from "./shared-queue.ts";

export function letSend(shared: SharedQueue, leaseMs: number): void {
  shared.isLeased = leaseMs > 0;
  if (shared.isLeased) shared.ports.timers.set(() => letSend(shared, 0), leaseMs);
  else for (const go of shared.waiting.splice(0)) go();
}
