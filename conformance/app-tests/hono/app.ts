import { type HonoOptions, type WhisperrVariables, whisperr } from "@whisperr/edge/hono";
import { Hono } from "hono";

/** `options`: in a Worker `(c) => ({ apiKey: c.env.WHISPERR_API_KEY })`. */
export function createApp(options: HonoOptions) {
  const app = new Hono<{ Variables: WhisperrVariables }>();
  app.use(whisperr(options));
  app.post("/checkout", async (c) => {
    const { card } = await c.req.json();
    if (card !== "declined") return c.body(null, 204);
    c.get("whisperr").track("user_8842", "payment_failed", { amount_cents: 4900 });
    return c.body(null, 402);
  });
  return app;
}
