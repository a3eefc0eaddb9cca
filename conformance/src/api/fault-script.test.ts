/** The script's order and the rules that look at a request, over a real connection. */
import { describe, expect, test } from "vitest";
import { BATCH_PATH } from "./endpoint-paths.ts";
import type { Fault } from "./fault.ts";
import { anApi, storedIds } from "./fixture.ts";
import { startIngestionApi } from "./start-ingestion-api.ts";
import { anEvent, sendBatch } from "./test-requests.ts";

describe("the script", () => {
  test("is consumed in order by any /v1 request, then the default holds until it is lifted", async () => {
    const api = await anApi([{ kind: "status", status: 500 }]);
    api.setDefault({ kind: "status", status: 503 });
    api.play([{ kind: "status", status: 502 }]);
    const statuses: number[] = [];
    for (const id of ["1", "2", "3", "4"]) statuses.push((await sendBatch(api.url, anEvent(id))).status);
    api.setDefault(null);
    statuses.push((await sendBatch(api.url, anEvent("5"))).status);
    expect(statuses).toEqual([500, 502, 503, 503, 202]);
    expect(api.answerCounts()).toEqual({ [BATCH_PATH]: { "202": 1, "500": 1, "502": 1, "503": 2 } });
  });

  test.each([
    { kind: "explode" },
    { kind: "status", status: 202 },
    { kind: "status", status: 503, retryafter: { seconds: 1 } },
    { kind: "accept-with-body", body: "", status: 400 },
    { kind: "status", status: 503, headers: { "x-note": "two\nlines" } },
    { kind: "status", status: 503, headers: { "no header": "a" } },
    { kind: "status", status: 503, headers: { "x-note": "\u{1F680}" } },
    { kind: "accept-with-body", body: "", contentType: "text/plain\r\nx-more: 1" },
    { kind: "redirect", status: 302, location: "/a\r\nb" },
  ])("refuses %j", async (fault) => {
    await expect(startIngestionApi({ script: [fault as Fault] })).rejects.toThrow("no fault");
    const api = await anApi([]);
    expect(() => api.play([fault as Fault])).toThrow("no fault");
    expect(() => api.setDefault(fault as Fault)).toThrow("no fault");
  });
});

describe("rules that look at the request", () => {
  test("reject counts the first events as rejected and stores the others", async () => {
    const api = await anApi([{ kind: "reject", count: 2 }]);
    const response = await sendBatch(api.url, anEvent("1"), anEvent("2"), anEvent("3"));
    expect(await response.json()).toEqual({ accepted: 1, rejected: 2 });
    expect(storedIds(api)).toEqual(["3"]);
    expect(api.requests[0]).toMatchObject({ outcome: "stored", rejected: 2 });
    expect(api.store.rejected).toHaveLength(2);
  });

  test("too-large, as a default, refuses above n events or bytes and passes the rest", async () => {
    const api = await anApi([]);
    api.setDefault({ kind: "too-large", aboveEvents: 1, aboveBytes: 1_000 });
    const pad = { properties: { pad: "x".repeat(1_000) } };
    const statuses = [
      (await sendBatch(api.url, anEvent("1"), anEvent("2"))).status,
      (await sendBatch(api.url, anEvent("1", pad))).status,
      (await sendBatch(api.url, anEvent("1"))).status,
    ];
    api.setDefault(null);
    statuses.push((await sendBatch(api.url, anEvent("2"), anEvent("3"))).status);
    expect(statuses).toEqual([413, 413, 202, 202]);
  });

  test("reject-batches-containing refuses the whole batch of a marked event", async () => {
    const marked = anEvent("2", { properties: { poison: true } });
    const byScript = await anApi([{ kind: "reject-batches-containing", key: "poison", value: true }]);
    const byOption = await anApi([], { rejectBatchesContaining: { key: "poison", value: true } });
    for (const api of [byScript, byOption]) {
      expect((await sendBatch(api.url, anEvent("1"), marked)).status).toBe(400);
      expect(storedIds(api)).toEqual([]);
      expect((await sendBatch(api.url, anEvent("1"))).status).toBe(202);
    }
  });

  test("firewall keeps what it dislikes from the API, and lets the rest through", async () => {
    const api = await anApi([], { cors: true });
    const blocked = { kind: "status", status: 403, html: "<h1>Blocked</h1>" } as const;
    const marked = anEvent("2", { properties: { q: "<script>" } });
    api.setDefault({
      kind: "firewall",
      containing: "<script>",
      aboveBytes: 5_000,
      by: blocked,
      withoutCors: true,
    });

    const answer = await sendBatch(api.url, anEvent("1"), marked);
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    const long = anEvent("3", { properties: { text: "x".repeat(5_000) } });
    expect((await sendBatch(api.url, long)).status).toBe(403);
    const passed = await sendBatch(api.url, anEvent("1"));
    expect([passed.status, passed.headers.get("access-control-allow-origin")]).toEqual([202, "*"]);
    api.setDefault({ kind: "firewall", containing: "<script>", by: { kind: "reset", when: "after" } });
    await expect(sendBatch(api.url, marked)).rejects.toThrow("fetch failed");
    expect(storedIds(api)).toEqual(["1"]);
  });

  test("maxEvents refuses above it, but never turns the contract's 400 into a 413", async () => {
    const api = await anApi([], { maxEvents: 2 });
    const many = (n: number) => Array.from({ length: n }, (_, i) => anEvent(String(i)));
    expect((await sendBatch(api.url, ...many(2))).status).toBe(202);
    expect((await sendBatch(api.url, ...many(3))).status).toBe(413);
    expect((await sendBatch(api.url, ...many(501))).status).toBe(400);
  });
});
