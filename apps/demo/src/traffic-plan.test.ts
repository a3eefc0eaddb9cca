import { describe, expect, it } from "vitest";
import { countNames, countOf } from "./counts.ts";
import { BAD_EVENT_NAME, createTrafficPlan, IDENTIFY, plausibleMistakes } from "./traffic-plan.ts";

describe("createTrafficPlan", () => {
  it("plans the same traffic for the same seed, and other traffic for another", () => {
    expect(createTrafficPlan(7).next(200)).toEqual(createTrafficPlan(7).next(200));
    expect(createTrafficPlan(7).next(200)).not.toEqual(createTrafficPlan(8).next(200));
  });

  it("signs every customer in exactly once, and before anything else happens to them", () => {
    const signedIn = new Set<string>();
    for (const { path, user, body } of createTrafficPlan(1).next(2_000)) {
      const who = user ?? (body as { user_id: string }).user_id;
      expect(signedIn.has(who)).toBe(path !== "/sign-in");
      signedIn.add(who);
    }
    expect(signedIn.size).toBe(100);
  });

  it("covers every event of the shop", () => {
    const counts = countNames(
      createTrafficPlan(1)
        .next(1_000)
        .flatMap((request) => request.causes),
    );
    expect(Object.keys(counts).sort()).toEqual([
      IDENTIFY,
      "order_placed",
      "payment_failed",
      "payment_succeeded",
      "plan_downgraded",
      "plan_upgraded",
      "signed_in",
      "subscription_cancelled",
      "ticket_opened",
      "ticket_solved",
    ]);
    expect(countOf(counts, IDENTIFY)).toBe(countOf(counts, "signed_in"));
  });

  it("has two mistakes: a name that is none and an order that is circular", () => {
    const [ticket, order] = plausibleMistakes();
    expect(ticket?.causes).toEqual([BAD_EVENT_NAME]);
    expect(order?.body).toMatchObject({ load_relations: true });
  });
});
