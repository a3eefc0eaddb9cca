/** The shop's two mistakes against the real SDK: the customer never notices, the shop hears about it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createApp } from "./app.ts";
import { createErrorLog } from "./error-log.ts";
import { createLedger } from "./ledger.ts";
import { shopReport } from "./routes/operations.ts";
import { createShopWhisperr } from "./whisperr.ts";

const accepted = () => Promise.resolve(new Response('{"accepted":1,"rejected":0}', { status: 202 }));

it("drops a bad event name and a circular order with a reason, and delivers their neighbour", async () => {
  const errors = createErrorLog();
  const ledger = createLedger(accepted);
  const client = createShopWhisperr({ apiKey: "wrk_test", onError: errors.add, fetch: ledger.fetch });
  const whisperr = ledger.observe(client);
  const server = createServer(createApp(whisperr, { errors }));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const headers = { "content-type": "application/json", "x-user": "user_1" };
  const post = (path: string, body: unknown) =>
    fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });

  const ticket = { user_id: "user_1", event: "Ticket Escalated!", ticket_id: "t_1" };
  expect((await post("/webhooks/helpdesk", ticket)).status).toBe(202);
  const order = { order_id: "ord_1", total_cents: 100 };
  expect((await post("/orders", { ...order, load_relations: true })).status).toBe(201);
  expect((await post("/orders", order)).status).toBe(201);
  server.close();
  server.closeAllConnections();
  await whisperr.shutdown();

  const report = shopReport(whisperr, { errors, ledger });
  expect(report.whisperr).toEqual({
    accepted: 3,
    delivered: 1,
    dropped: { invalid_event_type: 1, unserializable: 1 },
    pending: 0,
  });
  expect(report.errors.counts).toEqual({ "dropped:invalid_event_type": 1, "dropped:unserializable": 1 });
  expect(report.ledger).toEqual({
    accepted: { "Ticket Escalated!": 1, order_placed: 2 },
    dropped: { "Ticket Escalated!": 1, order_placed: 1 },
    delivered: { order_placed: 1 },
  });
});
