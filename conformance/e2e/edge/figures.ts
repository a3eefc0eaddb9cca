/** What the scenarios on edge platforms measure. Also their global setup. */
import { figuresOf } from "../figures.ts";

export const { record, setup, teardown } = figuresOf("edge", "Edge scenarios");
