/** When a Deno process may end, see `createProcessLifecycle` in core: what Deno brings to it. */
import { createProcessLifecycle, type ProcessLifecycle } from "@whisperr/core";
import { holdingTimers } from "./clock.ts";
import { addExitListener, joinProcess, removeExitListener } from "./process-exit.ts";

export interface Lifecycle extends ProcessLifecycle {
  /** The client is shut down: it leaves no listener behind. */
  end(): void;
}

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createLifecycle(exitTimeoutMs: number): Lifecycle {
  const leaveProcess = exitTimeoutMs > 0 ? joinProcess() : () => {};
  const lifecycle = createProcessLifecycle(exitTimeoutMs, {
    listen: addExitListener,
    unlisten: removeExitListener,
    holdingTimers,
    elapsedMs: () => performance.now(),
  });
  return { ...lifecycle, end: leaveProcess };
}
