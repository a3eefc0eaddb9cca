import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "./app.ts";
import { createErrorLog } from "./error-log.ts";
import { createRecordingWhisperr, type RecordingWhisperr } from "./recording-whisperr.ts";

let recording: RecordingWhisperr;
let server: Server;
let url: string;

beforeEach(async () => {
  recording = createRecordingWhisperr();
  server = createServer(createApp(recording.whisperr, { errors: createErrorLog() }));
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function post(path: string, body: unknown, user?: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(user && { "x-user": user }) };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("the shop", () => {
  it("identifies a customer before it reports the sign-in", async () => {
    const body = { user_id: "user_1", email: "ada@example.com", plan: "pro", method: "sso" };
    expect((await post("/sign-in", body)).status).toBe(200);
    expect(recording.calls).toEqual([
      ["identify", "user_1", { email: "ada@example.com", traits: { plan: "pro" } }],
      ["track", "user_1", "signed_in", { method: "sso" }],
    ]);
  });

  it("reports a plan change for the signed-in customer, up and down", async () => {
    await post("/account/plan", { from: "free", to: "team" }, "user_2");
    await post("/account/plan", { from: "team", to: "pro" }, "user_2");
    expect(recording.calls).toEqual([
      ["track", "user_2", "plan_upgraded", { from: "free", to: "team" }],
      ["track", "user_2", "plan_downgraded", { from: "team", to: "pro" }],
    ]);
  });

  it.each(["/account/plan", "/orders"])("wants a signed-in customer for %s", async (path) => {
    expect((await post(path, {})).status).toBe(401);
    expect(recording.calls).toEqual([]);
  });

  it("takes the user of a billing webhook from its body", async () => {
    const money = { invoice_id: "in_1", amount_cents: 4900, currency: "EUR" };
    const failure = { attempt: 2, failure_code: "card_declined" };
    const bodies = [
      { type: "invoice.paid", user_id: "user_3", ...money },
      { type: "invoice.payment_failed", user_id: "user_4", ...money, ...failure },
      { type: "subscription.deleted", user_id: "user_5", plan: "pro", at_period_end: true },
    ];
    for (const body of bodies) expect((await post("/webhooks/billing", body)).status).toBe(202);
    expect(recording.calls).toEqual([
      ["track", "user_3", "payment_succeeded", money],
      ["track", "user_4", "payment_failed", { ...money, ...failure }],
      ["track", "user_5", "subscription_cancelled", { plan: "pro", at_period_end: true }],
    ]);
  });

  it("takes a billing webhook it does not know without reporting anything", async () => {
    expect((await post("/webhooks/billing", { type: "invoice.voided", user_id: "user_3" })).status).toBe(202);
    expect(recording.calls).toEqual([]);
  });

  it("serves its health and its figures", async () => {
    await post("/webhooks/helpdesk", { user_id: "user_6", event: "ticket_opened", ticket_id: "t_1" });
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
    expect(await (await fetch(`${url}/_stats`)).json()).toEqual({
      whisperr: { accepted: 1, delivered: 0, dropped: {}, pending: 1 },
      errors: { counts: {}, latest: [] },
    });
  });
});
