import { expect, onTestFinished, test } from "vitest";
import type { IngestionReport } from "./report.ts";
import { startLocalIngestion } from "./start.ts";

const HEADERS = { "content-type": "application/json", "x-api-key": "wrk_local" };

async function aServer() {
  const { url, close } = await startLocalIngestion({ port: 0, latencyMs: 1, keys: ["wrk_local"] });
  onTestFinished(close);
  const post = (path: string, body: unknown) =>
    fetch(`${url}${path}`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
  const report = async () => (await (await fetch(`${url}/_control/report`)).json()) as IngestionReport;
  return { post, report };
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
  const { post, report } = await aServer();
  await post("/v1/events/batch", { events: [anEvent("1"), anEvent("2", "signed_in"), anEvent("3", "Bad")] });
  await post("/v1/events/batch", { events: [anEvent("1")] });
  await post("/_control/script", [{ kind: "accept-and-lose-answer" }]);
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
  const { post } = await aServer();
  await post("/_control/default", { kind: "status", status: 503 });
  const during = [await post("/v1/identify", {}), await post("/v1/identify", {})].map(({ status }) => status);
  await post("/_control/default", null);
  const after = (await post("/v1/identify", { external_user_id: "u" })).status;
  expect([...during, after]).toEqual([503, 503, 202]);
});

test.each([
  ["/_control/default", { kind: "status" }],
  ["/_control/default", { kind: "unheard_of" }],
  ["/_control/script", { kind: "ok" }],
])("%s refuses what is no fault", async (path, body) => {
  const { post } = await aServer();
  const refused = await post(path, body);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toHaveProperty("error");
});
