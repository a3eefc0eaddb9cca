import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { closeOnSignal } from "@whisperr/node";
import { whisperrKoa } from "@whisperr/node/koa";
import Koa from "koa";
import { createInvoice, slowWork, whisperr } from "./shop.ts";

const app = new Koa();
app.use(whisperrKoa(whisperr));
app.use((ctx, next) => {
  const id = ctx.get("x-user");
  if (id !== "") ctx.state.user = { id };
  return next();
});
app.use(async (ctx) => {
  if (ctx.path === "/stats") ctx.body = whisperr.stats();
  if (ctx.path === "/orders") {
    const { amount } = (await json(ctx.req)) as { amount: number };
    ctx.whisperr.track("order_placed");
    await createInvoice(amount);
    ctx.body = "ordered";
  }
  if (ctx.path === "/slow") {
    await slowWork();
    ctx.whisperr.track("report_made");
    ctx.body = "made";
  }
});

const server = app.listen(0, "127.0.0.1", () =>
  console.log(`port ${(server.address() as AddressInfo).port}`),
);
closeOnSignal(whisperr, { server, timeoutMs: 30_000 });
