import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { BATCH_PATH } from "./endpoint-paths.ts";
import type { Fault } from "./fault.ts";
import { anApi, WAIT_MS } from "./fixture.ts";
import type { IngestionApi } from "./ingestion-api.ts";
import { startIngestionApi } from "./start-ingestion-api.ts";
import { aBatch, anEvent, HEADERS, sendBatch } from "./test-requests.ts";

const nowText = () => new Date().toISOString();

test("listens on loopback and takes events at the real time by default", async () => {
  const api = await anApi([], { now: Date.now });
  expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await sendBatch(api.url, anEvent("1", { occurred_at: nowText() }))).status).toBe(202);
  expect(api.store.events).toHaveLength(1);
});

test("gives every request a connection of its own when asked to", async () => {
  const kept = await anApi([], { now: Date.now });
  const fresh = await anApi([], { now: Date.now, freshConnections: true });
  expect((await sendBatch(kept.url, anEvent("1"))).headers.get("connection")).toBe("keep-alive");
  expect((await sendBatch(fresh.url, anEvent("1"))).headers.get("connection")).toBe("close");
});

test("a port that is taken rejects", async () => {
  const api = await anApi([], { now: Date.now });
  await expect(startIngestionApi({ port: Number(new URL(api.url).port) })).rejects.toThrow("EADDRINUSE");
});

test("a request whose body breaks off is recorded as aborted", async () => {
  const api = await anApi([], { now: Date.now });
  const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  socket.write(`POST ${BATCH_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"events"`, () =>
    socket.destroy(),
  );
  await api.waitForAnswers(1, WAIT_MS);
  expect(api.requests[0]?.outcome).toBe("aborted");
  expect(api.inFlight()).toBe(0);
});

test("a body in many pieces is put together", async () => {
  const api = await anApi([], { now: Date.now });
  const text = JSON.stringify({ events: [anEvent("1", { occurred_at: nowText() })] });
  const body = new ReadableStream({
    start(controller) {
      for (const character of text) controller.enqueue(new TextEncoder().encode(character));
      controller.close();
    },
  });
  const init = { ...aBatch(), body, duplex: "half" } as RequestInit;
  expect((await fetch(`${api.url}${BATCH_PATH}`, init)).status).toBe(202);
  expect(api.requests[0]?.text).toBe(text);
});

describe("CORS", () => {
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-api-key",
    },
  };

  test("preflights are answered apart from the requests, without consuming a fault", async () => {
    const limited: Fault = { kind: "status", status: 503, retryAfter: { seconds: 1 } };
    const api = await anApi([limited], { cors: true });
    const allowed = await fetch(`${api.url}${BATCH_PATH}`, preflight);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("*");
    expect(allowed.headers.get("access-control-allow-headers")).toContain("x-api-key");
    expect([api.requests.length, api.preflights.length]).toEqual([0, 1]);
    const failed = await sendBatch(api.url, anEvent("1"));
    expect(failed.status).toBe(503);
    expect(failed.headers.get("access-control-allow-origin")).toBe("*");
    expect(failed.headers.get("access-control-expose-headers")).toBe("retry-after, date");
  });

  test("is off unless asked for", async () => {
    const api = await anApi([], { now: Date.now });
    const refused = await fetch(`${api.url}${BATCH_PATH}`, preflight);
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([404, null]);
  });
});

describe("with origins given", () => {
  const PAGE = "https://app.example";

  /** The status a request gets that says it comes from there. Plain sockets: fetch does not let these headers be set. */
  async function statusFor(api: IngestionApi, headers: Record<string, string>): Promise<number | undefined> {
    const sent = request(`${api.url}${BATCH_PATH}`, { method: "POST", headers: { ...HEADERS, ...headers } });
    const [answer] = (await once(sent.end("{}"), "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  test("only they and what is no page may send, and only by a name of this machine", async () => {
    const api = await anApi([], { origins: [PAGE] });
    const { port } = new URL(api.url);
    const statuses = [
      await statusFor(api, {}),
      await statusFor(api, { origin: PAGE }),
      await statusFor(api, { host: `localhost:${port}` }),
      await statusFor(api, { host: `LOCALHOST:${port}` }),
      await statusFor(api, { host: `[::1]:${port}` }),
    ];
    expect(statuses).toEqual([400, 400, 400, 400, 400]);
    expect(await statusFor(api, { origin: "https://evil.example" })).toBe(403);
    expect(await statusFor(api, { origin: "null" })).toBe(403);
    expect(await statusFor(api, { host: `evil.example:${port}` })).toBe(403);
    expect(await statusFor(api, { host: `127.0.0.1:${Number(port) + 1}` })).toBe(403);
    expect(await statusFor(api, { host: "localhost" })).toBe(403);
    expect(api.requests).toHaveLength(5);
    expect(api.inFlight()).toBe(0);
    expect(api.turnedAway).toHaveLength(5);
    expect(api.turnedAway[0]).toBe('pages of the Origin "https://evil.example" may not send here');
  });

  test("any page may send where that is said, and without them everybody may", async () => {
    const any = await anApi([], { origins: "any" });
    const open = await anApi([]);
    expect(await statusFor(any, { origin: "https://evil.example" })).toBe(400);
    expect(await statusFor(any, { host: "evil.example" })).toBe(403);
    expect(await statusFor(open, { origin: "https://evil.example", host: "evil.example" })).toBe(400);
  });
});
