/** Drawing what happens in a world: each kind of action with its weight, on one of several places. */
import type { SeededRandom } from "./seeded-random.ts";

/** `make` gets the place that was drawn: a tab, a host. Weights count in halves. */
export type Draw<Action> = readonly [weight: number, make: (random: SeededRandom, place: number) => Action];

/** `count` actions, each on a place from 0 to `places - 1`. */
export function drawFrom<Action>(
  random: SeededRandom,
  draws: readonly Draw<Action>[],
  count: number,
  places: number,
): Action[] {
  const lots = draws.flatMap(([weight, make]) => Array.from({ length: 2 * weight }, () => make));
  return Array.from({ length: count }, () => random.pick(lots)(random, random.between(0, places - 1)));
}
