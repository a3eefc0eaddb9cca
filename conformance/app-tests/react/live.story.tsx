/** A component with a client that sends. */
import { WhisperrProvider } from "@whisperr/browser/react";
import { Checkout } from "./checkout.js";

export const Declined = ({ baseUrl }: { readonly baseUrl: string }) => (
  <WhisperrProvider options={{ apiKey: "wrk_test", baseUrl, flushAt: 1 }}>
    <Checkout card="declined" />
  </WhisperrProvider>
);
