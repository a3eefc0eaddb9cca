import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { IngestionReport } from "./report.ts";
import { type LocalIngestionOptions, startLocalIngestion } from "./start.ts";

const HEADERS = { "content-type": "application/json", "x-api-key": "wrk_local" };

async function aServer(options: Partial<LocalIngestionOptions> = {}) {
  const all = { port: 0, latencyMs: 1, keys: ["wrk_local"], ...options };
  const { url, controlUrl, close } = await startLocalIngestion(all);
  onTestFinished(close);
  const send = (address: string, body: unknown) =>
    fetch(address, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
  const post = (path: string, body: unknown) => send(url + path, body);
  const control = (path: string, body: unknown) => send(controlUrl + path, body);
  const report = async () => (await (await fetch(`${controlUrl}/report`)).json()) as IngestionReport;
  return { url, controlUrl, post, control, report };
}

function anEvent(id: string, type = "plan_upgraded") {
  const occurred_at = new Date().toISOString();
  return {
    external_user_id: "u1",
    event_type: type,
    occurred_at,
    properties: {},
    context: { $message_id: id },
  };
}

test("the report counts what was stored, repeated, rejected and answered", async () => {
  const { post, control, report } = await aServer();
  await post("/v1/events/batch", { events: [anEvent("1"), anEvent("2", "signed_in"), anEvent("3", "Bad")] });
  await post("/v1/events/batch", { events: [anEvent("1")] });
  await control("/script", [{ kind: "accept-and-lose-answer" }]);
  await expect(post("/v1/identify", { external_user_id: "u2" })).rejects.toThrow("fetch failed");
  await post("/v1/identify", { external_user_id: "u2" });
  expect(await report()).toEqual({
    requests: 4,
    inFlight: 0,
    statuses: { "202": 3, lost: 1 },
    stored: 2,
    storedByType: { plan_upgraded: 1, signed_in: 1, Bad: 0 },
    accepted: 3,
    acceptedByType: { plan_upgraded: 2, signed_in: 1, Bad: 0 },
    duplicates: 1,
    rejected: 1,
    rejectedByType: { plan_upgraded: 0, signed_in: 0, Bad: 1 },
    users: 2,
    identifiedUsers: 1,
    identifiesApplied: 2,
    identifiesAnswered: 1,
  } satisfies IngestionReport);
});

test("a default fault begins an outage and null ends it", async () => {
  const { post, control } = await aServer();
  await control("/default", { kind: "status", status: 503 });
  const during = [await post("/v1/identify", {}), await post("/v1/identify", {})].map(({ status }) => status);
  await control("/default", null);
  const after = (await post("/v1/identify", { external_user_id: "u" })).status;
  expect([...during, after]).toEqual([503, 503, 202]);
});

test.each([
  ["/default", { kind: "status" }],
  ["/default", { kind: "unheard_of" }],
  ["/script", { kind: "ok" }],
])("%s refuses what is no fault", async (path, body) => {
  const { control } = await aServer();
  const refused = await control(path, body);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toHaveProperty("error");
});

/** What a request gets that says it comes from there. */
async function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const [answer] = (await once(request(url, { headers }).end(), "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

test("only who was told the address of the control endpoints reaches them, and no web page", async () => {
  const { url, controlUrl } = await aServer();
  const open = await aServer({ cors: true, controlToken: "told" });
  expect(open.controlUrl).toBe(`${open.url}/_control/told`);
  expect(await statusFor(`${controlUrl}/report`, {})).toBe(200);
  expect(await statusFor(`${url}/_control/report`, {})).toBe(404);
  expect(await statusFor(`${url}/_control/guessed/report`, {})).toBe(404);
  expect(await statusFor(`${controlUrl}/report`, { host: "evil.example" })).toBe(403);
  expect(await statusFor(`${controlUrl}/report`, { origin: "https://evil.example" })).toBe(403);
  expect(await statusFor(`${open.controlUrl}/report`, { origin: "https://evil.example" })).toBe(403);
  expect(await statusFor(`${open.url}/v1/identify`, { origin: "https://evil.example" })).toBe(404);
});
