/** Mistakes about what the SDK finds on its platform. */
import type { How } from "../mutant.ts";

/** `target` is asked for when the client is made: not every platform has it. */
export const patched =
  (target: () => object, name: PropertyKey, by: (original: never) => unknown): How =>
  () => ({ patches: [{ target: target(), name, by }] });

export const withClock = (edit: (nowMs: number) => number): How =>
  patched(
    () => Date,
    "now",
    (now: () => number) => () => edit(now()),
  );

export const drawing = (number: number): How =>
  patched(
    () => Math,
    "random",
    () => () => number,
  );
