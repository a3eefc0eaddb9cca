/** What the benchmarks of browsers and edge platforms measure. Also their global setup. */
import { figuresOf } from "../figures.ts";

export const { record, setup, teardown } = figuresOf("bench", "Benchmarks");
