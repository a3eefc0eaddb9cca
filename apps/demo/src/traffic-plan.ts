/**
 * Which requests customers, the payment provider and the helpdesk make, decided before any is sent. The same seed
 * gives the same plan, so a run that does not reconcile can be run again.
 * Each customer signs in exactly once: that makes users known to the server comparable with identify calls.
 */

/** The row of identify calls, which are no events. */
export const IDENTIFY = "identify";
/** What the helpdesk calls one of its tickets' events; not a name Whisperr accepts. */
export const BAD_EVENT_NAME = "Ticket Escalated!";

export interface ShopRequest {
  readonly path: string;
  readonly body: unknown;
  /** The signed-in customer, when it is one who asks. */
  readonly user?: string;
  /** The calls it makes the shop place with the SDK, by event name. */
  readonly causes: readonly string[];
}

type Build = (user: string, n: number) => ShopRequest;

const PLANS = ["free", "pro", "team"];

function billing(event: string, body: Record<string, unknown>): ShopRequest {
  return { path: "/webhooks/billing", body, causes: [event] };
}

function invoice(n: number) {
  return { invoice_id: `in_${n}`, amount_cents: 4900 + (n % 7) * 100, currency: "EUR" };
}

/** Weighted by repetition: money comes in more often than it fails, and few leave. */
const MIX: readonly Build[] = [
  (user_id, n) => billing("payment_succeeded", { type: "invoice.paid", user_id, ...invoice(n) }),
  (user_id, n) => billing("payment_succeeded", { type: "invoice.paid", user_id, ...invoice(n) }),
  (user_id, n) => billing("payment_succeeded", { type: "invoice.paid", user_id, ...invoice(n) }),
  (user_id, n) => {
    const failure = { attempt: 1 + (n % 3), failure_code: "card_declined" };
    return billing("payment_failed", { type: "invoice.payment_failed", user_id, ...invoice(n), ...failure });
  },
  (user_id, n) => {
    const body = { type: "subscription.deleted", user_id, plan: "pro", at_period_end: n % 2 === 0 };
    return billing("subscription_cancelled", body);
  },
  (user, n) => planChange(user, n % 2, (n % 2) + 1, "plan_upgraded"),
  (user, n) => planChange(user, n % 2, (n % 2) + 1, "plan_upgraded"),
  (user, n) => planChange(user, (n % 2) + 1, n % 2, "plan_downgraded"),
  (user, n) => placeOrder(user, n, false),
  (user, n) => placeOrder(user, n, false),
  (user, n) => ticket(user, n, "ticket_opened"),
  (user, n) => ticket(user, n, "ticket_solved"),
];

/** One request in this many is a new customer signing in. */
const REQUESTS_PER_CUSTOMER = 20;

export interface TrafficPlan {
  /** The next `count` requests. */
  next(count: number): ShopRequest[];
}

export function createTrafficPlan(seed: number): TrafficPlan {
  const random = seededRandom(seed);
  let made = 0;
  let customers = 0;

  function nextRequest(): ShopRequest {
    const n = made++;
    if (n % REQUESTS_PER_CUSTOMER === 0) return signIn(`customer_${customers++}`, n);
    const build = MIX[Math.floor(random() * MIX.length)];
    if (build === undefined) throw new Error("the random number must be below 1");
    return build(`customer_${Math.floor(random() * customers)}`, n);
  }
  return { next: (count) => Array.from({ length: count }, nextRequest) };
}

/** The two mistakes of the shop that the SDK must survive, see its helpdesk and order routes. */
export function plausibleMistakes(): ShopRequest[] {
  return [ticket("customer_0", 0, BAD_EVENT_NAME), placeOrder("customer_0", 0, true)];
}

function signIn(user_id: string, n: number): ShopRequest {
  const method = n % 3 === 0 ? "sso" : "password";
  const body = { user_id, email: `${user_id}@example.com`, plan: PLANS[n % 3], method };
  return { path: "/sign-in", body, causes: [IDENTIFY, "signed_in"] };
}

function planChange(user: string, from: number, to: number, event: string): ShopRequest {
  return { path: "/account/plan", user, body: { from: PLANS[from], to: PLANS[to] }, causes: [event] };
}

function placeOrder(user: string, n: number, load_relations: boolean): ShopRequest {
  const body = { order_id: `ord_${n}`, total_cents: 1200 + n, load_relations };
  return { path: "/orders", user, body, causes: ["order_placed"] };
}

function ticket(user_id: string, n: number, event: string): ShopRequest {
  return { path: "/webhooks/helpdesk", body: { user_id, event, ticket_id: `t_${n}` }, causes: [event] };
}

/** mulberry32: 32 bits of state are plenty to pick requests with. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
