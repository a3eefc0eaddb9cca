import { expect, test } from "vitest";
import { batch, identify, REFUSED } from "./recorded-request-builder.ts";
import { reportedExchange } from "./reported-exchange.ts";

const since = { realMs: 1_000, virtualMs: 50_000 };

test("a request is reported with its answer and when it was made, by both clocks", () => {
  const answer = { text: '{"error":{}}', retryAfter: "20" };
  const times = { receivedRealMs: 1_012.34, answeredRealMs: 1_013.37, receivedAtMs: 51_000 };
  const [request] = reportedExchange(
    [batch(0, ["a", "b"], { ...REFUSED, ...times, answer })],
    since,
  ).exchange;
  expect(request).toMatchObject({
    index: 0,
    atMs: 12.3,
    tookMs: 1,
    virtualMs: 1_000,
    events: ["a", "b"],
    status: 503,
    outcome: "refused",
    answer: '{"error":{}}',
    retryAfter: "20",
  });
  expect(JSON.parse(request?.body ?? "")).toMatchObject({
    events: [{ event_type: "a" }, { event_type: "b" }],
  });
  expect(reportedExchange([identify(1, "user_1")], since).exchange[0]?.identify).toBe("user_1");
});

test("without a virtual clock there is no virtual time", () => {
  const { exchange } = reportedExchange([batch(0, ["a"])], { realMs: 0 });
  expect(exchange[0]).not.toHaveProperty("virtualMs");
});

test("the key is masked wherever it travels", () => {
  const headers = { "x-api-key": "wrk_1", authorization: "Bearer wrk_1", accept: "*/*" };
  const { exchange } = reportedExchange([batch(0, ["a"], { headers })], since);
  expect(JSON.stringify(exchange)).not.toContain("wrk_1");
  expect(exchange[0]?.headers.accept).toBe("*/*");
});

test("it is bounded: bodies by their length, and exchanges by their requests, of which the rest is counted", () => {
  const long = batch(0, ["a"], { text: "x".repeat(5_000), body: new Uint8Array(5_000) });
  const { exchange, moreRequests } = reportedExchange(
    Array.from({ length: 100 }, () => long),
    since,
  );
  expect([exchange.length, moreRequests]).toEqual([60, 40]);
  expect([exchange[0]?.body.length, exchange[0]?.bodyBytes]).toEqual([4_000, 5_000]);
  expect(reportedExchange([long], since)).not.toHaveProperty("moreRequests");
});
