import { createTestWhisperr } from "@whisperr/node/testing";
import request from "supertest";
import { expect, test } from "vitest";
import { createApp } from "./app.js";

test("checkout tracks payment_failed", async () => {
  const whisperr = createTestWhisperr();
  await request(createApp(whisperr)).post("/checkout").send({ card: "declined" }).expect(402);
  expect(whisperr.tracked("payment_failed")).toMatchObject([
    { userId: "user_8842", properties: { amount_cents: 4900 } },
  ]);
});
