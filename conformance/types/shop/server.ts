import { createWhisperr, currentWhisperr } from "@whisperr/node";
import { events } from "./events.ts";

declare module "@whisperr/node" {
  interface Register {
    events: typeof events;
  }
}

export const whisperr = createWhisperr({ events, invalidEvents: "drop" });

/** In any function that a request's handler calls. */
export function onPaymentFailed(cents: number): void {
  currentWhisperr()?.track("payment_failed", { amount_cents: cents });
}
