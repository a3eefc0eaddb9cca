import { createTestWhisperr } from "@whisperr/browser/testing";
import { flushSync, mount } from "svelte";
import { expect, test } from "vitest";
import Shop from "./Shop.svelte";

test("checkout tracks payment_failed", () => {
  const whisperr = createTestWhisperr();
  mount(Shop, { target: document.body, props: { client: whisperr } });
  flushSync();
  document.querySelector("button")?.click();
  expect(whisperr.tracked("payment_failed")).toMatchObject([{ properties: { amount_cents: 4900 } }]);
});
