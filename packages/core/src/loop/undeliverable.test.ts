/** One operation that something on the way to the API does not let through: it alone is lost, and said so; an outage loses nothing. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { ID_PREFIX } from "../../test/operations.ts";
import { http } from "../../test/scripted-transport.ts";
import { type Answer, noAnswer } from "../http/exchange.ts";

const id = (number: number) => `${ID_PREFIX}${number.toString(16).padStart(12, "0")}`;

/** Delivers `count` events, and answers each request by what it carries; time passes as far as there are timers. */
async function delivering(count: number, answerTo: (body: string, requests: number) => Answer | number) {
  const { track, loop, server, timers, errors } = loopFixture({
    config: { maxQueueSize: 1000, flushAt: 1000, flushIntervalMs: 10_000, maxRetries: 6 },
  });
  track(1);
  void loop.flush();
  await settle();
  server.answer(202);
  await settle();
  track(count - 1);
  void loop.flush();
  for (let turn = 0; turn < 300; turn++) {
    await settle();
    const [open] = server.open();
    if (open) server.answer(answerTo(open.body, server.requests.length));
    else if (timers.delays().length > 0) timers.fire();
    else break;
  }
  return { loop, errors, requests: server.requests };
}

describe("200 events, and one in the middle that is not let through", () => {
  test.each<[string, Answer]>([
    ["403 without the API's words", http(403, "<h1>Blocked</h1>")],
    [
      "403 with them, for a key that was taken before",
      http(403, { error: { code: "revoked", message: "No" } }),
    ],
    ["500", http(500)],
    ["503", http(503)],
    ["a reset", noAnswer("connection reset")],
    ["silence", noAnswer("no answer within 10000 ms")],
  ])("by %s: 199 arrive, and the one is named, within 40 requests", async (_name, answer) => {
    const isBad = (body: string) => body.includes(id(100));
    const { loop, errors, requests } = await delivering(200, (body) => (isBad(body) ? answer : 202));

    expect(loop.stats()).toEqual({
      accepted: 200,
      delivered: 199,
      dropped: { undeliverable: 1 },
      pending: 0,
    });
    expect(requests.length).toBeLessThanOrEqual(40);
    expect(errors.filter(({ type }) => type === "dropped")).toMatchObject([
      { reason: "undeliverable", count: 1, messageIds: [id(100)] },
    ]);
    expect(errors.map(({ type }) => type)).not.toContain("auth");
  });
});

test("two in a row are both found", async () => {
  const isBad = (body: string) => body.includes(id(10)) || body.includes(id(11));
  const { loop } = await delivering(20, (body) => (isBad(body) ? 500 : 202));

  expect(loop.stats()).toMatchObject({ delivered: 18, dropped: { undeliverable: 2 }, pending: 0 });
});

test("a gateway that resets what is long: all arrive", async () => {
  const { loop } = await delivering(200, (body) =>
    body.length > 16_500 ? noAnswer("connection reset") : 202,
  );

  expect(loop.stats()).toMatchObject({ delivered: 200, dropped: {}, pending: 0 });
});

test("an outage loses nothing, and keeps the order", async () => {
  const { loop, requests } = await delivering(20, (_body, count) => (count <= 40 ? 500 : 202));

  expect(loop.stats()).toMatchObject({ delivered: 20, dropped: {}, pending: 0 });
  expect(requests.length).toBeLessThanOrEqual(55);
});
