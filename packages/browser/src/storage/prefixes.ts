/** How keys begin, by what they hold: see `keys.ts`. By themselves, so that what is loaded later shares no code with the rest. */

export const RECORD = "q.";
export const IN_FLIGHT = "f.";
export const LOCK = "c.";
export const GONE = "g.";
export const NEWEST = "n.";
