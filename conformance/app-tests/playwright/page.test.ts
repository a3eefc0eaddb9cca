import { expect, test } from "@playwright/test";
import { startIngestion } from "@whisperr/node/testing";

test("checkout tracks payment_failed", async ({ page }) => {
  const api = await startIngestion();
  await page.route("https://api.whisperr.net/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: api.url + pathname }) });
  });
  await page.clock.install();
  await page.goto("/");
  await page.getByRole("button", { name: "Pay" }).click();
  await page.clock.runFor(10_000);
  await expect.poll(() => api.tracked("payment_failed")).toHaveLength(1);
  await page.unrouteAll({ behavior: "wait" });
  await api.close();
});
