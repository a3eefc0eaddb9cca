/** deno test, which looks for timers and requests that a test leaves behind. */
import { createWhisperr } from "@whisperr/deno";

const baseUrl = Deno.env.get("API_URL");

Deno.test("a client delivers, and leaves nothing behind", async () => {
  const errors = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    baseUrl,
    onError: (error) => errors.push(error.message),
  });
  whisperr.identify("user_8842", { traits: { plan: "pro" } });
  whisperr.track("user_8842", "payment_failed", { amount_cents: 4900 });
  const { delivered, pending } = await whisperr.shutdown();
  if (delivered !== 2 || pending !== 0 || errors.length > 0) throw new Error(`${delivered} ${errors}`);
});
