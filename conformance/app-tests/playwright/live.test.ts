/** What a component records arrives at the API that is in the process of the test. */
import { expect, test } from "@playwright/test";
import { startIngestion } from "@whisperr/node/testing";
import type { Declined } from "../react/live.story.js";

test("checkout sends payment_failed", async ({ mount }) => {
  const api = await startIngestion();
  const story = await mount<typeof Declined>("live/Declined", { baseUrl: api.url });
  await story.getByRole("button", { name: "Pay" }).click();
  await expect.poll(() => api.tracked("payment_failed")).toHaveLength(1);
  await api.close();
});
