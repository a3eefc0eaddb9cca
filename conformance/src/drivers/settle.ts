/** Rounds of the event loop after which nothing is left that waits for neither network nor timers. */
const ROUNDS = 4;

/** `next`: the runtime's own way to run something in the next round. */
export async function settle(next: (run: () => void) => unknown): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await new Promise<void>((resolve) => void next(resolve));
}
