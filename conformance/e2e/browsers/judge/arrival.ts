/** Waiting for events to arrive; what is still missing at the deadline is for the audit to say. */
import type { IngestionApi } from "@whisperr/conformance/api";
import { eventually } from "../../eventually.ts";
import { audit, type Tracked } from "./audit.ts";

/** On a busy machine; what is lost costs a scenario this long. */
const DEADLINE_MS = 45_000;

/** Resolves once everything tracked is stored, or at the deadline. */
export async function arrivesWhole(
  api: IngestionApi,
  tracked: Tracked,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const whole = () => audit(api, tracked).lost.length === 0;
  await eventually("everything arrives", deadlineMs, whole).catch(() => {});
}
