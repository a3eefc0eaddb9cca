/** Faults that answer in place of the API or change its answer, over a real connection. */
import { describe, expect, test } from "vitest";
import { BATCH_PATH } from "./endpoint-paths.ts";
import { anApi, storedIds } from "./fixture.ts";
import { anEvent, NOW_MS, sendBatch } from "./test-requests.ts";

describe("status", () => {
  test("answers in place of the API and stores nothing; the next request passes", async () => {
    const api = await anApi([{ kind: "status", status: 503 }, { kind: "ok" }]);
    const failed = await sendBatch(api.url, anEvent("1"));
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({ error: { code: "scripted", request_id: "req_0" } });
    expect(storedIds(api)).toEqual([]);
    expect((await sendBatch(api.url, anEvent("2"))).status).toBe(202);
    expect(api.requests.map((request) => request.outcome)).toEqual(["refused", "stored"]);
  });

  test("carries a body of any kind, and headers", async () => {
    const api = await anApi([
      { kind: "status", status: 400, json: { error: { code: "odd" } } },
      { kind: "status", status: 502, html: "<h1>Bad gateway</h1>" },
      { kind: "status", status: 500, body: "" },
      { kind: "status", status: 429, body: "slow", headers: { "retry-after": "soon" } },
      { kind: "status", status: 304 },
    ]);
    const seen: unknown[] = [];
    for (const id of ["1", "2", "3", "4", "5"]) {
      const { status, headers, ...response } = await sendBatch(api.url, anEvent(id)).then(readAll);
      seen.push([status, headers.get("content-type"), response.text]);
      if (status === 429) expect(headers.get("retry-after")).toBe("soon");
    }
    expect(seen).toEqual([
      [400, "application/json", '{"error":{"code":"odd"}}'],
      [502, "text/html; charset=utf-8", "<h1>Bad gateway</h1>"],
      [500, expect.any(String), ""],
      [429, expect.any(String), "slow"],
      [304, expect.anything(), ""],
    ]);
  });

  test("carries Retry-After in both forms", async () => {
    const api = await anApi(
      [
        { kind: "status", status: 429, retryAfter: { seconds: 7 } },
        { kind: "status", status: 503, retryAfter: { dateInMs: 2_500 } },
      ],
      { now: () => NOW_MS },
    );
    const first = await sendBatch(api.url, anEvent("1"));
    const second = await sendBatch(api.url, anEvent("1"));
    expect(first.headers.get("retry-after")).toBe("7");
    expect(second.headers.get("retry-after")).toBe("Sun, 14 Jun 2026 12:00:03 GMT");
  });
});

test("what was answered is recorded, cut where it gets long, and also when none of it left", async () => {
  const api = await anApi([
    { kind: "status", status: 429, html: "x".repeat(5_000), headers: { "Retry-After": "soon" } },
    { kind: "accept-and-lose-answer" },
  ]);
  await sendBatch(api.url, anEvent("1"));
  await expect(sendBatch(api.url, anEvent("2"))).rejects.toThrow("fetch failed");
  const [long, lost] = api.requests;
  expect(long?.answer).toEqual({ text: "x".repeat(4_000), retryAfter: "soon" });
  expect(lost?.answer).toEqual({ text: '{"accepted":1,"rejected":0}' });
  expect(long?.answeredRealMs).toBeGreaterThanOrEqual(long?.receivedRealMs ?? Number.POSITIVE_INFINITY);
});

describe("accept-with-body", () => {
  test.each([
    [{ body: '{"accepted":' }, 202],
    [{ body: "<html></html>", contentType: "text/html" }, 202],
    [{ body: "", status: 204 }, 204],
    [{ body: "null", status: 200 }, 200],
  ])("stores and answers %j", async (change, status) => {
    const api = await anApi([{ kind: "accept-with-body", ...change }]);
    const response = await sendBatch(api.url, anEvent("1"));
    expect([response.status, await response.text()]).toEqual([status, change.body]);
    expect(storedIds(api)).toEqual(["1"]);
    expect(api.requests[0]?.outcome).toBe("stored");
  });

  test("leaves a refusal as it is", async () => {
    const api = await anApi([{ kind: "accept-with-body", body: "" }]);
    expect((await sendBatch(api.url)).status).toBe(400);
  });
});

test("page is a success that stores nothing", async () => {
  const api = await anApi([{ kind: "page" }]);
  const response = await sendBatch(api.url, anEvent("1"));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html"]);
  expect([api.requests[0]?.outcome, ...storedIds(api)]).toEqual(["refused"]);
});

test("redirect points at another origin and stores nothing", async () => {
  const other = await anApi([]);
  const api = await anApi([{ kind: "redirect", status: 307, location: `${other.url}${BATCH_PATH}` }]);
  const response = await sendBatch(api.url, anEvent("1"));
  expect([response.status, response.headers.get("location")]).toEqual([307, `${other.url}${BATCH_PATH}`]);
  expect([...storedIds(api), ...other.requests]).toEqual([]);
});

async function readAll(response: Response): Promise<{ status: number; headers: Headers; text: string }> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test("what this API itself fails at is a 500, and over", async () => {
  const clock = [() => NOW_MS, fail, () => NOW_MS];
  const api = await anApi([], { now: () => clock.shift()?.() ?? NOW_MS });
  const failed = await sendBatch(api.url, anEvent("1"));
  expect(failed.status).toBe(500);
  expect(await failed.json()).toMatchObject({ error: { code: "api_failed" } });
  expect(api.inFlight()).toBe(0);
  expect(api.requests[0]).toMatchObject({ outcome: "refused", status: 500 });
});

function fail(): never {
  throw new Error("the clock stands");
}
