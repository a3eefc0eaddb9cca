import { createTestWhisperr } from "@whisperr/edge/testing";
import { expect, test } from "vitest";
import { createApp } from "./app.js";

test("checkout tracks payment_failed", async () => {
  const whisperr = createTestWhisperr();
  const app = createApp(whisperr.options);
  await app.request("/checkout", { method: "POST", body: '{"card":"declined"}' });
  expect(whisperr.tracked("payment_failed")).toMatchObject([{ userId: "user_8842" }]);
});
