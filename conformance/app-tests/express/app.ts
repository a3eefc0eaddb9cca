import type { Whisperr } from "@whisperr/node";
import { whisperrExpress } from "@whisperr/node/express";
import express, { type Express } from "express";

export function createApp(whisperr: Whisperr): Express {
  const app = express();
  app.use(express.json(), whisperrExpress(whisperr, { resolveUser: () => "user_8842" }));
  app.post("/checkout", (req, res) => {
    const isDeclined = req.body.card === "declined";
    if (isDeclined) req.whisperr.track("payment_failed", { amount_cents: 4900 });
    res.sendStatus(isDeclined ? 402 : 204);
  });
  return app;
}
