/** What the scenarios in browsers measure. Also their global setup. */
import { figuresOf } from "../figures.ts";

export const { record, setup, teardown } = figuresOf("browsers", "Browser scenarios");
