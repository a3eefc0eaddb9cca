/** All deliberately broken SDKs. */
import type { Defect } from "./defect.ts";
import { eventDefects } from "./defects-events.ts";
import { lifeDefects } from "./defects-life.ts";
import { queueDefects } from "./defects-queue.ts";
import { refusalDefects } from "./defects-refusals.ts";
import { retryDefects } from "./defects-retries.ts";

export const defects: readonly Defect[] = [
  ...refusalDefects,
  ...retryDefects,
  ...queueDefects,
  ...eventDefects,
  ...lifeDefects,
];
