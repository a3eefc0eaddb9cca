/** The app: what docs/testing.md tests. */
export async function checkout(whisperr, userId, { card }) {
  whisperr.identify(userId, { email: "ada@example.com", traits: { plan: "pro" } });
  await Promise.resolve();
  whisperr.track(userId, card === "declined" ? "payment_failed" : "payment_succeeded", {
    amount_cents: 4900,
    items: ["book"],
  });
}
