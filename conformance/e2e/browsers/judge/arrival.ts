/** Waiting for events to arrive; what is still missing at the deadline is for the audit to say. */
import type { IngestionApi } from "@whisperr/conformance/api";
import { eventually, WAIT_MS } from "../../eventually.ts";
import { audit, type Tracked } from "./audit.ts";

/** Resolves once everything tracked is stored, or at the deadline. */
export async function arrivesWhole(
  api: IngestionApi,
  tracked: Tracked,
  deadlineMs: number = WAIT_MS,
): Promise<void> {
  const whole = () => audit(api, tracked).lost.length === 0;
  await eventually("everything arrives", whole, deadlineMs).catch(() => {});
}
