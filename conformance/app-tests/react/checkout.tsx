import { useWhisperr } from "@whisperr/browser/react";
import { useState } from "react";

export function Checkout({ card }: { readonly card: "good" | "declined" }) {
  const whisperr = useWhisperr();
  const [answer, setAnswer] = useState("");
  function pay(): void {
    if (card === "declined") whisperr.track("payment_failed", { amount_cents: 4900 });
    setAnswer(card === "declined" ? "Declined" : "Thank you");
  }
  return (
    <button type="button" onClick={pay}>
      Pay {answer}
    </button>
  );
}
