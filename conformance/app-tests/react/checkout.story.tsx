import { WhisperrProvider } from "@whisperr/browser/react";
import { createTestWhisperr, type TestWhisperr } from "@whisperr/browser/testing";
import { Checkout } from "./checkout.js";

declare global {
  var whisperr: TestWhisperr;
}
globalThis.whisperr = createTestWhisperr();

export const Declined = () => (
  <WhisperrProvider client={whisperr}>
    <Checkout card="declined" />
  </WhisperrProvider>
);
