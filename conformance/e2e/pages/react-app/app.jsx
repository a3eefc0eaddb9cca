/** A shop in StrictMode that uses the SDK from the main entry and from React's. */
import { createWhisperr } from "@whisperr/browser";
import { useWhisperr, WhisperrProvider } from "@whisperr/browser/react";
import { StrictMode, useEffect, useState } from "react";

function Buy() {
  const whisperr = useWhisperr();
  const [bought, setBought] = useState(0);
  // StrictMode renders twice: once each, the clients of both renders.
  globalThis.clients?.push(whisperr);
  useEffect(() => {
    whisperr.track("shop_opened");
  }, [whisperr]);
  const buy = () => {
    setBought(bought + 1);
    whisperr.track("bought", { n: bought + 1 });
  };
  return (
    <button type="button" onClick={buy}>
      Bought {bought}
    </button>
  );
}

/** The options are a new object at each render, as people write it. */
export function App({ options, own }) {
  const source = own ? { client: createWhisperr(options) } : { options: { ...options } };
  return (
    <StrictMode>
      <WhisperrProvider {...source}>
        <Buy />
      </WhisperrProvider>
    </StrictMode>
  );
}
