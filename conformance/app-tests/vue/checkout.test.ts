import { createTestWhisperr } from "@whisperr/browser/testing";
import { useWhisperr, WhisperrPlugin } from "@whisperr/browser/vue";
import { expect, test } from "vitest";
import { createApp, h } from "vue";

const Checkout = {
  setup() {
    const whisperr = useWhisperr();
    return () => h("button", { onClick: () => whisperr.track("payment_failed", { amount_cents: 4900 }) });
  },
};

test("checkout tracks payment_failed", () => {
  const whisperr = createTestWhisperr();
  document.body.innerHTML = "<main></main>";
  createApp(Checkout).use(WhisperrPlugin, { client: whisperr }).mount("main");
  document.querySelector("button")?.click();
  expect(whisperr.tracked("payment_failed")).toMatchObject([{ properties: { amount_cents: 4900 } }]);
});
