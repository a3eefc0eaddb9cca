/**
 * Orders, with a mistake on purpose: handing a whole database entity to `track()`. With its relations loaded the
 * entity is circular and cannot be written as JSON. The customer's request must not fail for that, and does not:
 * the call returns, `onError` hears `dropped` (reason "unserializable"), the next event is fine.
 * Better: pick the fields you mean, `{ order_id, total_cents }`.
 */
import type { UserClient } from "@whisperr/node";
import { Router } from "express";
import { requireUser } from "../auth.ts";
import type { Events } from "../events.ts";
import { buildOrder } from "../orders.ts";

interface OrderBody {
  order_id: string;
  total_cents: number;
  load_relations?: boolean;
}

export function orderRoutes(): Router {
  const router = Router();
  router.post("/orders", requireUser, (req, res) => {
    const { order_id, total_cents, load_relations } = req.body as OrderBody;
    const order = buildOrder(order_id, total_cents, load_relations ?? false);

    const whisperr: UserClient<Events> = req.whisperr;
    whisperr.track("order_placed", { order });
    res.status(201).json({ order_id });
  });
  return router;
}
