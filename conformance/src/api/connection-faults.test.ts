/** Faults below HTTP: resets, lost answers, silence, over a real connection. */
import { describe, expect, test } from "vitest";
import { BATCH_PATH } from "./endpoint-paths.ts";
import type { Fault } from "./fault.ts";
import { anApi, storedIds, WAIT_MS } from "./fixture.ts";
import type { IngestionApi } from "./ingestion-api.ts";
import { aBatch, anEvent, sendBatch } from "./test-requests.ts";

describe("reset", () => {
  const large = anEvent("1", { properties: { pad: "x".repeat(1_000_000) } });

  test.each(["before", "while", "after"] as const)(
    "%s reading breaks the connection and stores nothing",
    async (when) => {
      const api = await anApi([{ kind: "reset", when }]);
      const failure = await sendBatch(api.url, large).catch((error: Error) => error);
      expect(failure).toBeInstanceOf(TypeError);
      await api.waitForAnswers(1, WAIT_MS);
      expect(api.requests[0]).toMatchObject({ outcome: "reset" });
      expect(api.requests[0]).not.toHaveProperty("status");
      expect(storedIds(api)).toEqual([]);
    },
  );

  test("leaves in the record what was read until then", async () => {
    const api = await anApi([
      { kind: "reset", when: "before" },
      { kind: "reset", when: "while" },
      { kind: "reset", when: "after" },
    ]);
    for (const _ of api.requests.length ? [] : [1, 2, 3])
      await sendBatch(api.url, large).catch(() => undefined);
    await api.waitForAnswers(3, WAIT_MS);
    const [before, during, after] = api.requests.map((request) => request.body.byteLength);
    const whole = JSON.stringify({ events: [large] }).length;
    expect(before).toBe(0);
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(whole);
    expect(after).toBe(whole);
    expect(api.requests[2]?.events).toHaveLength(1);
  });
});

describe("accept-and-lose-answer", () => {
  test("stores, then breaks the connection: the repeat is a duplicate", async () => {
    const api = await anApi([{ kind: "accept-and-lose-answer" }]);
    await sendTwice(api);
    expect(storedIds(api)).toEqual(["1"]);
    expect(api.store.duplicates).toBe(1);
    expect(api.requests.map((request) => request.outcome)).toEqual(["lost", "stored"]);
  });

  test("cut: the status arrives, the body breaks off", async () => {
    const api = await anApi([{ kind: "accept-and-lose-answer", answer: "cut" }]);
    const response = await sendBatch(api.url, anEvent("1"));
    expect(response.status).toBe(202);
    await expect(response.text()).rejects.toThrow("terminated");
    await api.waitForAnswers(1, WAIT_MS);
    expect(api.requests[0]).toMatchObject({ outcome: "lost", status: 202 });
    expect(storedIds(api)).toEqual(["1"]);
  });

  test("stall: the status arrives, the body never ends", async () => {
    const api = await anApi([{ kind: "accept-and-lose-answer", answer: "stall" }]);
    const response = await sendBatch(api.url, anEvent("1"));
    expect(response.status).toBe(202);
    expect(api.requests[0]).toMatchObject({ outcome: "lost", status: 202 });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(0);
    const rest = expect(reader?.read()).rejects.toThrow("terminated");
    await api.close();
    await rest;
  });

  test("endless: it comes as long as the client reads", async () => {
    const api = await anApi([{ kind: "accept-and-lose-answer", answer: "endless" }]);
    const response = await sendBatch(api.url, anEvent("1"));
    expect(response.status).toBe(202);
    const reader = response.body?.getReader();
    let length = 0;
    while (length < 4 * 1024 * 1024) length += (await reader?.read())?.value?.byteLength ?? Number.NaN;
    await reader?.cancel();
    expect(api.requests[0]).toMatchObject({ outcome: "lost", status: 202 });
    expect(storedIds(api)).toEqual(["1"]);
  });

  test("loses a refusal, too, and stores nothing then", async () => {
    const api = await anApi([{ kind: "accept-and-lose-answer" }]);
    await expect(sendBatch(api.url, anEvent("1", { wrong: 1 }))).rejects.toThrow("fetch failed");
    expect(storedIds(api)).toEqual([]);
    expect(api.requests[0]?.outcome).toBe("refused");
  });
});

describe("time", () => {
  test("a delay ends by itself, with the API's own answer", async () => {
    const api = await anApi([{ kind: "delay", ms: 40 }]);
    expect((await sendBatch(api.url, anEvent("1"))).status).toBe(202);
    expect(storedIds(api)).toEqual(["1"]);
  });

  test("a request behind one that is held back overlaps with it, and overtakes it", async () => {
    const api = await anApi([{ kind: "delay", ms: 600_000 }, { kind: "ok" }]);
    const client = new AbortController();
    const init = { ...aBatch(anEvent("1")), signal: client.signal };
    const slow = fetch(`${api.url}${BATCH_PATH}`, init).catch(() => undefined);
    await api.waitForRequests(1, WAIT_MS);
    expect([api.inFlight(), api.requests[0]?.outcome, storedIds(api)]).toEqual([1, "pending", []]);
    await sendBatch(api.url, anEvent("2"));
    expect(storedIds(api)).toEqual(["2"]);
    expect(api.requests.map((request) => request.overlapping)).toEqual([false, true]);
    client.abort();
    await slow;
  });

  test.each<[string, Fault, object, string[]]>([
    ["a delayed request finds it stored", { kind: "delay", ms: 600_000 }, { outcome: "lost" }, ["1"]],
    ["one that hangs finds it nowhere", { kind: "hang" }, { outcome: "hung", events: [anEvent("1")] }, []],
  ])("a client that gives up %s", async (_what, fault, recorded, stored) => {
    const api = await anApi([fault]);
    const client = new AbortController();
    const left = fetch(`${api.url}${BATCH_PATH}`, { ...aBatch(anEvent("1")), signal: client.signal });
    const failure = expect(left).rejects.toThrow("aborted");
    await api.waitForRequests(1, WAIT_MS);
    client.abort();
    await failure;
    await api.waitForAnswers(1, WAIT_MS);
    expect(api.requests[0]).toMatchObject(recorded);
    expect(storedIds(api)).toEqual(stored);
  });

  test("closing the API lets go of what hangs", async () => {
    const api = await anApi([{ kind: "hang" }]);
    const hanging = expect(sendBatch(api.url, anEvent("1"))).rejects.toThrow("fetch failed");
    await api.waitForRequests(1, WAIT_MS);
    await api.close();
    await hanging;
  });
});

test("raw-answer is not HTTP", async () => {
  const api = await anApi([{ kind: "raw-answer", text: "SSH-2.0-OpenSSH\r\n" }]);
  await sendTwice(api);
  expect(api.requests[0]?.outcome).toBe("reset");
});

/** Sends the same event twice: once into the fault, once after it. */
async function sendTwice(api: IngestionApi): Promise<void> {
  await expect(sendBatch(api.url, anEvent("1"))).rejects.toThrow("fetch failed");
  expect((await sendBatch(api.url, anEvent("1"))).status).toBe(202);
}
