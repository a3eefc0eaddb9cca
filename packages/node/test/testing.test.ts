/** The client for an app's tests, as an app's tests use it. */
import express from "express";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { whisperrExpress } from "../src/express.ts";
import { currentWhisperr } from "../src/index.ts";
import {
  assertIdentified,
  assertTracked,
  createTestWhisperr,
  matchers,
  type WhisperrMatchers,
} from "../src/testing.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends WhisperrMatchers<R> {}
}

expect.extend(matchers);

interface Events {
  payment_failed: { amount_cents: number; at?: Date };
  signed_in: Record<never, never>;
}

test("knows at once what was tracked and identified, in order, by user", async () => {
  const whisperr = createTestWhisperr<Events>();
  whisperr.track("ada", "payment_failed", { amount_cents: 4900, at: new Date(0) });
  whisperr.identify("ada", { email: "ada@example.com", traits: { plan: "pro" } });
  whisperr.forUser("bob").track("signed_in");

  const [failed] = whisperr.tracked("payment_failed");
  expectTypeOf(failed?.properties.amount_cents).toEqualTypeOf<number | undefined>();
  expect(failed).toMatchObject({
    userId: "ada",
    properties: { amount_cents: 4900, at: "1970-01-01T00:00:00.000Z" },
    context: {},
  });
  expect(failed?.occurredAt).toBeInstanceOf(Date);
  expect(whisperr.tracked().map(({ event }) => event)).toEqual(["payment_failed", "signed_in"]);
  expect(whisperr.identified("ada")).toEqual([
    {
      userId: "ada",
      traits: { plan: "pro" },
      channels: [{ type: "email", address: "ada@example.com", optedIn: true }],
    },
  ]);
  expect(whisperr.timeline("ada")).toHaveLength(2);
  expect(await whisperr.flush()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
  expect(whisperr.tracked()).toHaveLength(2);
  whisperr.clear();
  expect([whisperr.tracked(), whisperr.identified(), whisperr.timeline("ada")]).toEqual([[], [], []]);
  await whisperr.shutdown();
});

describe("a bad call fails the test, with the message that the real client reports", () => {
  const events = { payment_failed: z.object({ amount_cents: z.number() }) };

  test("where it is made", () => {
    const whisperr = createTestWhisperr({ events, unknownEvents: "drop" });
    const track = whisperr.track as (...given: unknown[]) => void;
    expect(() => track("ada", "payment_failed", { amount_cents: "49" })).toThrow(
      /^Whisperr: track\("payment_failed"\) was dropped: amount_cents: /,
    );
    expect(() => track("ada", "Payment Failed")).toThrow("lowercase_snake_case");
    expect(() => track("ada", "sign_in")).toThrow("no schema of it");
    expect(() => whisperr.forUser("").identify({ traits: {} })).toThrow("the user id must be");
    expect(whisperr.timeline("ada")).toEqual([]);
  });

  test("or goes to the app's own onError", () => {
    const reasons: unknown[] = [];
    const whisperr = createTestWhisperr({ onError: ({ reason }) => reasons.push(reason) });
    whisperr.track("", "signed_in");
    expect(reasons).toEqual(["invalid_user_id"]);
  });

  test("or where it is looked for, when a framework has found the user late", async () => {
    const whisperr = createTestWhisperr();
    const { status } = await request(whisperr, async () => "ada", "Signed In");
    expect(status).toBe(204);
    await whisperr.flush();
    expect(() => whisperr.tracked()).toThrow("lowercase_snake_case");
    expect(whisperr.tracked().map(({ event }) => event)).toEqual(["page_served"]);
  });
});

test.each([
  ["found at once", () => "ada"],
  ["found later", async () => "ada"],
])("hears of req.whisperr and currentWhisperr(), of a user who is %s", async (_how, resolveUser) => {
  const whisperr = createTestWhisperr();
  await request(whisperr, resolveUser, "signed_in");
  await whisperr.flush();
  expect(whisperr.tracked().map(({ userId, event }) => [userId, event])).toEqual([
    ["ada", "signed_in"],
    ["ada", "page_served"],
  ]);
});

test("a request without a user is no mistake", async () => {
  const whisperr = createTestWhisperr();
  await request(whisperr, () => undefined, "signed_in");
  expect(whisperr.tracked()).toEqual([]);
  expect(whisperr.stats().dropped).toEqual({ no_user: 2 });
});

/** An app whose handler tracks `event`, and one request to it. */
async function request(
  whisperr: ReturnType<typeof createTestWhisperr>,
  resolveUser: () => string | undefined | Promise<string>,
  event: string,
): Promise<Response> {
  const app = express();
  app.use(whisperrExpress(whisperr, { resolveUser }));
  app.get("/", (req, res) => {
    req.whisperr.track(event);
    currentWhisperr()?.track("page_served");
    res.sendStatus(204);
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  try {
    return await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("assertions", () => {
  const whisperr = createTestWhisperr();
  whisperr.track("ada", "payment_failed", { amount_cents: 4900, card: { brand: "visa", tries: [1, 2] } });
  whisperr.identify("ada", { email: "ada@example.com", traits: { plan: "pro", since: new Date(0) } });

  test.each([
    undefined,
    { amount_cents: 4900 },
    { amount_cents: expect.any(Number), card: { brand: "visa" } },
    { card: expect.objectContaining({ tries: [1, 2] }) },
  ])("tracked with %j", (properties) => {
    expect(whisperr).toHaveTracked("payment_failed", properties);
    assertTracked(whisperr, "payment_failed", properties);
  });

  test.each([{ amount_cents: 1 }, { card: { tries: [1] } }, { amount_cents: { value: 1 } }, { plan: null }])(
    "not tracked with %j",
    (properties) => {
      expect(whisperr).not.toHaveTracked("payment_failed", properties);
      expect(() => assertTracked(whisperr, "payment_failed", properties)).toThrow(
        /^Expected payment_failed with .* to have been tracked\. Recorded:\n {2}payment_failed \{"amount_cents":4900/,
      );
    },
  );

  test("identified", () => {
    expect(whisperr).toHaveIdentified("ada");
    expect(whisperr).toHaveIdentified("ada", { traits: { plan: "pro", since: new Date(0) } });
    expect(whisperr).not.toHaveIdentified("bob");
    assertIdentified(whisperr, "ada", { channels: [expect.objectContaining({ type: "email" })] });
    expect(() => assertIdentified(whisperr, "bob")).toThrow(
      "Expected bob to have been identified. Recorded:",
    );
    expect(() => expect(whisperr).not.toHaveIdentified("ada")).toThrow("but it was");
  });

  test("ask the test runner about objects that only it knows", () => {
    class AnyNumber {}
    const equals = (actual: unknown, expected: unknown) =>
      expected instanceof AnyNumber && typeof actual === "number";
    const within = (properties: object) =>
      matchers.toHaveTracked.call({ equals }, whisperr, "payment_failed", properties).pass;
    expect([within({ amount_cents: new AnyNumber() }), within({ card: new AnyNumber() })]).toEqual([
      true,
      false,
    ]);
    expect(() => assertTracked(whisperr, "payment_failed", { amount_cents: new AnyNumber() })).toThrow();
  });

  test("say so of what is no client for tests", () => {
    expect(() => assertTracked({} as never, "payment_failed")).toThrow("make it with createTestWhisperr()");
  });
});
