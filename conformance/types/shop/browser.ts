import { createWhisperr, type Whisperr } from "@whisperr/browser";
import type { events } from "./events.ts";

declare module "@whisperr/browser" {
  interface Register {
    events: typeof events;
  }
}

export const whisperr: Whisperr = createWhisperr({ apiKey: "wrk_browser" });

export function onPlanShown(plan: "free" | "pro"): void {
  whisperr.track("plan_viewed", { plan });
}
