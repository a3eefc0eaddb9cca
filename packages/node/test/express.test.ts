/** `whisperrExpress()` inside real Express apps, over HTTP. */
import type { Request, RequestHandler } from "express";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { whisperrExpress } from "../src/express.ts";
import { createWhisperr, type NodeOptions, type WhisperrError } from "../src/index.ts";
import { authenticate, checkout, expressVersions, request } from "./express-versions.ts";
import { startIngestionApi } from "./ingestion-api.ts";

async function createSubject(options: NodeOptions = {}) {
  const api = await startIngestionApi();
  const errors: WhisperrError[] = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    baseUrl: api.url,
    onError: (error) => errors.push(error),
    ...options,
  });
  const sentUsers = async () => {
    await whisperr.flush();
    return api.events().map((event) => event.external_user_id);
  };
  return { api, whisperr, errors, sentUsers };
}

function captureDebug(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "debug").mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => spy.mockRestore());
  return lines;
}

describe.each(expressVersions)("%s", (_version, express) => {
  test.each([
    ["req.user.id", { user: { id: "ada" } }, "ada"],
    ["req.user.sub", { user: { sub: "ada" } }, "ada"],
    ["req.auth.userId", { auth: { userId: "ada" } }, "ada"],
    ["req.auth.sub", { auth: { sub: "ada" } }, "ada"],
    ["req.userId", { userId: "ada" }, "ada"],
    ["a numeric id", { user: { id: 8842 } }, "8842"],
    ["the id 0", { user: { id: 0 } }, "0"],
    ["a bigint id", { user: { id: 9007199254740993n } }, "9007199254740993"],
    ["user.id before user.sub", { user: { sub: "second", id: "first" } }, "first"],
    ["user.sub before auth.userId", { auth: { userId: "second" }, user: { sub: "first" } }, "first"],
    ["auth.userId before auth.sub", { auth: { sub: "second", userId: "first" } }, "first"],
    ["auth.sub before userId", { userId: "second", auth: { sub: "first" } }, "first"],
    ["the first that is usable", { user: { id: " ", sub: null }, auth: { userId: {}, sub: "ada" } }, "ada"],
  ])("finds the user by %s", async (_shape, fields, expected) => {
    const { whisperr, sentUsers } = await createSubject();
    expect(await request(express, authenticate(fields), whisperrExpress(whisperr), checkout)).toBe(200);
    expect(await sentUsers()).toEqual([expected]);
  });

  test("finds the user when authentication runs after the middleware", async () => {
    const { whisperr, sentUsers } = await createSubject();
    const middleware = whisperrExpress(whisperr);
    expect(await request(express, middleware, authenticate({ user: { id: "ada" } }), checkout)).toBe(200);
    expect(await sentUsers()).toEqual(["ada"]);
  });

  test("hands on everything a call gave", async () => {
    const { api, whisperr } = await createSubject();
    await request(express, authenticate({ userId: "ada" }), whisperrExpress(whisperr), (req, res) => {
      req.whisperr.identify({ traits: { plan: "pro" } });
      req.whisperr.track("plan_upgraded", { plan: "pro" }, { source: "checkout" });
      res.sendStatus(200);
    });
    await whisperr.flush();
    expect(api.events()).toMatchObject([
      { external_user_id: "ada", traits: { plan: "pro" } },
      { external_user_id: "ada", properties: { plan: "pro" }, context: { source: "checkout" } },
    ]);
  });

  test("keeps apart the users of requests that overlap", async () => {
    const { whisperr, sentUsers } = await createSubject();
    const middleware = whisperrExpress(whisperr);
    const bothCame = createMeetingPoint(2);
    const visit = (userId: string) =>
      request(express, authenticate({ userId }), middleware, (_req, _res, next) => bothCame(next), checkout);
    expect(await Promise.all([visit("ada"), visit("bob")])).toEqual([200, 200]);
    expect((await sentUsers()).sort()).toEqual(["ada", "bob"]);
  });

  test("resolveUser overrides the default and sees the request", async () => {
    const { whisperr, sentUsers } = await createSubject();
    const middleware = whisperrExpress(whisperr, { resolveUser: (req: Request) => req.get("x-user") });
    await request(express, authenticate({ user: { id: "ada" } }), middleware, checkout);
    expect(await sentUsers()).toEqual(["from_header"]);
  });

  test.each([undefined, null, ""])("sends nothing when resolveUser gives %j", async (nobody) => {
    const { api, whisperr } = await createSubject();
    const middleware = whisperrExpress(whisperr, { resolveUser: () => nobody });
    expect(await request(express, authenticate({ userId: "ada" }), middleware, checkout)).toBe(200);
    await whisperr.flush();
    expect(whisperr.stats().accepted).toBe(0);
    expect(api.requests).toEqual([]);
  });

  test("sends nothing without a user, says so only when debug is on, and the request succeeds", async () => {
    const lines = captureDebug();
    for (const debug of [false, true]) {
      const { whisperr } = await createSubject({ debug });
      expect(await request(express, whisperrExpress(whisperr), checkout)).toBe(200);
      expect(whisperr.stats().accepted).toBe(0);
    }
    expect(lines).toEqual(["[whisperr] a call was left out: the request has no user"]);
  });

  test.each([
    ["an error", new Error("no session store"), "no session store"],
    ["nothing", undefined, "an exception without words"],
    ["something unreadable", Object.create(null), "an exception without words"],
  ])(
    "harms no request when resolveUser throws %s, and the call is reported",
    async (_what, thrown, words) => {
      const { whisperr, errors } = await createSubject({ debug: true });
      const lines = captureDebug();
      const resolveUser = () => {
        throw thrown;
      };
      expect(await request(express, whisperrExpress(whisperr, { resolveUser }), checkout)).toBe(200);
      expect(errors).toMatchObject([{ type: "dropped", reason: "invalid_user_id" }]);
      expect(whisperr.stats()).toMatchObject({ accepted: 1, dropped: { invalid_user_id: 1 }, pending: 0 });
      expect(lines[0]).toBe(`[whisperr] resolveUser threw: ${words}`);
    },
  );

  test("harms no request when the event's name is no text", async () => {
    const { whisperr, errors } = await createSubject();
    const odd: RequestHandler = (req, res) => {
      for (const name of [Symbol("x"), Object.create(null)]) req.whisperr.track(name as string);
      res.sendStatus(200);
    };
    expect(await request(express, authenticate({ userId: "ada" }), whisperrExpress(whisperr), odd)).toBe(200);
    expect(errors).toMatchObject([{ reason: "invalid_event_type" }, { reason: "invalid_event_type" }]);
  });

  test.each<[string, unknown]>([
    ["a promise", Promise.resolve("ada")],
    ["no number", Number.NaN],
    ["an object", { id: "ada" }],
  ])("makes no user of %s that resolveUser gives against its type", async (_what, given) => {
    const { whisperr, errors } = await createSubject();
    const middleware = whisperrExpress(whisperr, { resolveUser: () => given as string });
    expect(await request(express, middleware, checkout)).toBe(200);
    expect(errors).toMatchObject([{ type: "dropped", reason: "invalid_user_id" }]);
    expect(whisperr.stats()).toMatchObject({ accepted: 1, dropped: { invalid_user_id: 1 }, pending: 0 });
  });
});

/** Lets `size` callers go on once all of them are there. */
function createMeetingPoint(size: number): (goOn: () => void) => void {
  const waiting: (() => void)[] = [];
  return (goOn) => {
    waiting.push(goOn);
    if (waiting.length === size) for (const resume of waiting) resume();
  };
}

test("what cannot work is refused where it is made", () => {
  expect(() => whisperrExpress(undefined as never)).toThrow(/takes the client/);
  const whisperr = createWhisperr({ disabled: true });
  expect(() => whisperrExpress(whisperr, { resolveUser: "id" as never })).toThrow(
    /resolveUser must be a function/,
  );
});
