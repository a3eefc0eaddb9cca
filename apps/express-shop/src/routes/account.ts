/** Plan changes by a signed-in person: `req.whisperr` already knows who that is. */
import type { UserClient } from "@whisperr/node";
import { Router } from "express";
import { requireUser } from "../auth.ts";
import type { Events, Plan } from "../events.ts";

const RANK: Record<Plan, number> = { free: 0, pro: 1, team: 2 };

export function accountRoutes(): Router {
  const router = Router();
  router.post("/account/plan", requireUser, (req, res) => {
    const { from, to } = req.body as { from: Plan; to: Plan };
    const event = RANK[to] > RANK[from] ? "plan_upgraded" : "plan_downgraded";

    // Express has one request type for every app, so it cannot know the shop's events; this line says them.
    const whisperr: UserClient<Events> = req.whisperr;
    whisperr.track(event, { from, to });
    res.json({ plan: to });
  });
  return router;
}
