/** Sign-in: say who the person is, then what happened. Both go into one ordered queue, so identify arrives first. */
import { Router } from "express";
import type { Plan } from "../events.ts";
import type { ShopWhisperr } from "../whisperr.ts";

interface SignInBody {
  user_id: string;
  email: string;
  plan: Plan;
  method: "password" | "sso";
}

export function signInRoutes(whisperr: ShopWhisperr): Router {
  const router = Router();
  router.post("/sign-in", (req, res) => {
    const { user_id, email, plan, method } = req.body as SignInBody;

    // During sign-in the request is not authenticated yet, so bind to the user by hand.
    const person = whisperr.forUser(user_id);
    person.identify({ email, traits: { plan } });
    person.track("signed_in", { method });

    // No await: neither call touches the network, and neither throws because of data.
    res.status(200).json({ user_id });
  });
  return router;
}
