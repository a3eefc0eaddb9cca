/** The page of a shop, without a framework. */
import { createWhisperr } from "@whisperr/browser";

const whisperr = createWhisperr({ apiKey: "wrk_test" });
document
  .querySelector("button")
  ?.addEventListener("click", () => whisperr.track("payment_failed", { amount_cents: 4900 }));
