/** Worlds by the hundred. Random ones: `npm run fuzz`. */
import { test } from "vitest";
import { KINDS } from "./script.ts";
import { expectWorldsToPass } from "./worlds-pass.ts";

test.each(KINDS)("nothing is lost, doubled or out of order in worlds of %s", (kind) =>
  expectWorldsToPass(kind, 26, 475),
);
