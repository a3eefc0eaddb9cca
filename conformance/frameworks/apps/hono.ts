import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { closeOnSignal } from "@whisperr/node";
import { whisperrHono } from "@whisperr/node/hono";
import { Hono } from "hono";
import { createInvoice, slowWork, whisperr } from "./shop.ts";

const app = new Hono<{ Variables: { user: { id: string } } }>();
app.use(whisperrHono(whisperr));
app.use(async (c, next) => {
  const id = c.req.header("x-user");
  if (id !== undefined) c.set("user", { id });
  await next();
});
app.post("/orders", async (c) => {
  const { amount } = await c.req.json<{ amount: number }>();
  c.get("whisperr").track("order_placed");
  await createInvoice(amount);
  return c.text("ordered");
});
app.get("/slow", async (c) => {
  await slowWork();
  c.get("whisperr").track("report_made");
  return c.text("made");
});
app.get("/stats", (c) => c.json(whisperr.stats()));

const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }: AddressInfo) =>
  console.log(`port ${port}`),
);
closeOnSignal(whisperr, { server, timeoutMs: 30_000 });
