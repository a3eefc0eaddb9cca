/**
 * The shop: an ordinary Express 5 app. The client comes in as an argument, so a test can hand in its own.
 * `whisperrExpress` goes where authentication goes: it binds `req.whisperr` to the user who makes the request.
 */
import { whisperrExpress } from "@whisperr/node/express";
import express, { type Express } from "express";
import { fakeAuth } from "./auth.ts";
import { accountRoutes } from "./routes/account.ts";
import { billingWebhooks } from "./routes/billing-webhooks.ts";
import { helpdeskWebhooks } from "./routes/helpdesk-webhooks.ts";
import { type Operations, operationsRoutes } from "./routes/operations.ts";
import { orderRoutes } from "./routes/orders.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import type { ShopWhisperr } from "./whisperr.ts";

export function createApp(whisperr: ShopWhisperr, operations: Operations): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(operationsRoutes(whisperr, operations));
  app.use(express.json({ limit: "100kb" }));

  // Webhooks come from other companies' servers: there is no signed-in user, the body says who it is about.
  app.use("/webhooks", billingWebhooks(whisperr));
  app.use("/webhooks", helpdeskWebhooks(whisperr));

  // Everything below belongs to the person making the request.
  app.use(fakeAuth());
  app.use(whisperrExpress(whisperr));
  app.use(signInRoutes(whisperr));
  app.use(accountRoutes());
  app.use(orderRoutes());
  return app;
}
