import { createTestWhisperr } from "@whisperr/edge/testing";
import { NextRequest } from "next/server";
import { expect, test, vi } from "vitest";

test("checkout tracks payment_failed", async () => {
  const whisperr = createTestWhisperr();
  vi.doMock("./whisperr", () => ({ whisperr }));
  const { POST } = await import("./app/checkout/route");
  await POST(new NextRequest("https://shop.test/checkout", { method: "POST", body: '{"card":"declined"}' }));
  expect(whisperr.tracked("payment_failed")).toMatchObject([
    { userId: "user_8842", properties: { amount_cents: 4900 } },
  ]);
});
