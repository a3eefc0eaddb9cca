/** What the apps have in common: their client, and a service that knows no request. */
import { setTimeout as pause } from "node:timers/promises";
import { createWhisperr, currentWhisperr } from "@whisperr/node";

export const whisperr = createWhisperr({
  apiKey: "wrk_test",
  baseUrl: process.env.API_URL,
  requestTimeoutMs: Number(process.env.REQUEST_TIMEOUT_MS ?? 10_000),
});

/** Far from any request: whose invoice it is says the request that is being served. */
export async function createInvoice(amountCents: number): Promise<void> {
  await pause(1);
  currentWhisperr()?.track("invoice_created", { amount_cents: amountCents });
}

/** Long enough for a signal to come in between. */
export async function slowWork(): Promise<void> {
  console.log("asked");
  await pause(300);
}
