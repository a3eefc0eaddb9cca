import { z } from "zod";

export const events = {
  payment_failed: z.object({ amount_cents: z.number().int() }),
  plan_viewed: z.object({ plan: z.enum(["free", "pro"]).optional() }),
};
