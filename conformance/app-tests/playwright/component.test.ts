import { expect, test } from "@playwright/test";

test("checkout tracks payment_failed", async ({ mount, page }) => {
  const story = await mount("checkout/Declined");
  await story.getByRole("button", { name: "Pay" }).click();
  const tracked = await page.evaluate(() => whisperr.tracked("payment_failed"));
  expect(tracked).toMatchObject([{ properties: { amount_cents: 4900 } }]);
});
