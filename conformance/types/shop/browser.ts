import { createWhisperr, type Whisperr } from "@whisperr/browser";
import "./events.ts";

/** Types only: the schemas stay on the server, and cost the page nothing. */
export const whisperr: Whisperr = createWhisperr({ apiKey: "wrk_browser" });

export function onPlanShown(plan: "free" | "pro"): void {
  whisperr.track("plan_viewed", { plan });
}
