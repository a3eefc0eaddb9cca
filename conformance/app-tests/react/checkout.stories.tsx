/** Stories as an app team writes them: each gets a client that sends nothing, from a decorator, and plays what a visitor does. */
import type { Decorator, Meta, StoryObj } from "@storybook/react";
import { WhisperrProvider } from "@whisperr/browser/react";
import { createTestWhisperr } from "@whisperr/browser/testing";
import { expect, userEvent, within } from "storybook/test";
import { Checkout } from "./checkout.js";

const whisperr = createTestWhisperr();

const withWhisperr: Decorator = (Story) => (
  <WhisperrProvider client={whisperr}>
    <Story />
  </WhisperrProvider>
);

const meta: Meta<typeof Checkout> = {
  component: Checkout,
  decorators: [withWhisperr],
  beforeEach: () => whisperr.clear(),
};
export default meta;

export const Declined: StoryObj<typeof Checkout> = {
  args: { card: "declined" },
  async play({ canvasElement }) {
    await userEvent.click(within(canvasElement).getByRole("button", { name: "Pay" }));
    expect(whisperr.tracked("payment_failed")).toMatchObject([{ properties: { amount_cents: 4900 } }]);
  },
};

export const Good: StoryObj<typeof Checkout> = {
  args: { card: "good" },
  async play({ canvasElement }) {
    await userEvent.click(within(canvasElement).getByRole("button", { name: "Pay" }));
    expect(whisperr.tracked()).toEqual([]);
  },
};
