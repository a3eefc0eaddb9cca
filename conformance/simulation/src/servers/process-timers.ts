/** The timers of one process: how many are set is known, and a busy process has them fire late. */
import type { Timers } from "@whisperr/core";
import type { ServersWorld } from "./servers-world.ts";

export interface ProcessTimers extends Timers {
  /** Set, and neither fired nor cleared. */
  readonly open: number;
}

/** `fire` runs a callback, if its process still can. */
export function processTimers(
  { time, timerLagMs }: Pick<ServersWorld, "time" | "timerLagMs">,
  fire: (callback: () => void) => void,
): ProcessTimers {
  let open = 0;
  return {
    get open() {
      return open;
    },
    set(callback, delayMs) {
      let isOpen = true;
      open++;
      const close = () => {
        if (isOpen) open--;
        isOpen = false;
      };
      const callOff = time.after(delayMs + timerLagMs(), () => {
        close();
        fire(callback);
      });
      return () => {
        close();
        callOff();
      };
    },
    clear: (handle) => (handle as (() => void) | undefined)?.(),
  };
}
