/**
 * What the payment provider tells the shop. The user comes from the webhook's body: `track(userId, …)` takes it
 * explicitly, and `forUser(userId)` binds it when there is more to say. A real handler checks the provider's signature first and leaves at once if it is wrong.
 */
import { Router } from "express";
import type { Plan } from "../events.ts";
import type { ShopWhisperr } from "../whisperr.ts";

type BillingEvent = { user_id: string } & (
  | { type: "invoice.paid"; invoice_id: string; amount_cents: number; currency: string }
  | {
      type: "invoice.payment_failed";
      invoice_id: string;
      amount_cents: number;
      currency: string;
      attempt: number;
      failure_code: string;
    }
  | { type: "subscription.deleted"; plan: Plan; at_period_end: boolean }
);

export function billingWebhooks(whisperr: ShopWhisperr): Router {
  const router = Router();
  router.post("/billing", (req, res) => {
    report(whisperr, req.body as BillingEvent);
    // Answer at once: delivery is the SDK's business, and a slow webhook is sent again by the provider.
    res.sendStatus(202);
  });
  return router;
}

function report(whisperr: ShopWhisperr, event: BillingEvent): void {
  switch (event.type) {
    case "invoice.paid": {
      const { invoice_id, amount_cents, currency } = event;
      whisperr.track(event.user_id, "payment_succeeded", { invoice_id, amount_cents, currency });
      return;
    }
    case "invoice.payment_failed": {
      const { invoice_id, amount_cents, currency, attempt, failure_code } = event;
      const properties = { invoice_id, amount_cents, currency, attempt, failure_code };
      whisperr.track(event.user_id, "payment_failed", properties);
      return;
    }
    case "subscription.deleted": {
      const { plan, at_period_end } = event;
      whisperr.forUser(event.user_id).track("subscription_cancelled", { plan, at_period_end });
      return;
    }
    default:
      // Providers add types; the ones this shop does not know are not its business.
      event satisfies never;
  }
}
