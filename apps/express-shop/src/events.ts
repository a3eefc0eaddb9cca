/**
 * Every event this shop reports, with its properties. Given to `createWhisperr<Events>()` it makes the editor
 * complete event names and the compiler refuse a misspelt one. A type, not an interface: nothing is generated.
 * Names are lowercase snake_case, past tense; amounts are integers in cents, the unit is in the name.
 */
import type { Order } from "./orders.ts";

export type Plan = "free" | "pro" | "team";

type PlanChange = { from: Plan; to: Plan; reason?: string };
type Payment = { invoice_id: string; amount_cents: number; currency: string };

export type Events = {
  signed_in: { method: "password" | "sso" };
  plan_upgraded: PlanChange;
  plan_downgraded: PlanChange;
  payment_succeeded: Payment;
  payment_failed: Payment & { attempt: number; failure_code: string };
  subscription_cancelled: { plan: Plan; at_period_end: boolean };
  order_placed: { order: Order };
  ticket_opened: { ticket_id: string };
  ticket_solved: { ticket_id: string };
};
