/**
 * Tickets, with a mistake on purpose: the event name is whatever the helpdesk sent. The compiler believes the
 * declared body type, so it cannot help here; the SDK checks every name when `track()` is called. "Ticket
 * Escalated!" is reported through `onError` (`dropped`, "invalid_event_type") and never queued, so it cannot
 * spoil the batch its neighbours travel in. Better: map the names you know and ignore the rest.
 */
import { Router } from "express";
import type { ShopWhisperr } from "../whisperr.ts";

interface TicketBody {
  user_id: string;
  event: "ticket_opened" | "ticket_solved";
  ticket_id: string;
}

export function helpdeskWebhooks(whisperr: ShopWhisperr): Router {
  const router = Router();
  router.post("/helpdesk", (req, res) => {
    const { user_id, event, ticket_id } = req.body as TicketBody;
    whisperr.track(user_id, event, { ticket_id });
    res.sendStatus(202);
  });
  return router;
}
