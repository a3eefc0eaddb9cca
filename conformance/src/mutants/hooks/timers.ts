/** Mistakes about when something happens. */
import type { How, SetTimer } from "../mutant.ts";

export const withTimers =
  (stand: (run: () => void, delayMs: number, set: SetTimer) => unknown): How =>
  () => ({ setTimeout: stand });

/** The wait that an answer leads to is another one. */
export const waitingAfter =
  (edit: (delayMs: number, answer: Response) => number): How =>
  () => {
    let answer: Response | undefined;
    return {
      async fetch(request, send) {
        answer = undefined;
        answer = await send(request);
        return answer;
      },
      setTimeout: (run, delayMs, set) => set(run, answer ? edit(delayMs, answer) : delayMs),
    };
  };
