import { fireEvent, render, screen } from "@testing-library/react";
import { WhisperrProvider } from "@whisperr/browser/react";
import { createTestWhisperr } from "@whisperr/browser/testing";
import { expect, test } from "vitest";
import { Checkout } from "./checkout.js";

test("checkout tracks payment_failed", () => {
  const whisperr = createTestWhisperr();
  render(<Checkout card="declined" />, {
    wrapper: ({ children }) => <WhisperrProvider client={whisperr}>{children}</WhisperrProvider>,
  });
  fireEvent.click(screen.getByRole("button", { name: "Pay" }));
  expect(whisperr.tracked("payment_failed")).toMatchObject([{ properties: { amount_cents: 4900 } }]);
});
