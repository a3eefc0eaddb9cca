/** `whisperrExpress()` inside real Express apps, over HTTP. */
import type { Request, RequestHandler } from "express";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { whisperrExpress } from "../src/express.ts";
import { requestsOfProcess } from "../src/frameworks/requests.ts";
import { createWhisperr, currentWhisperr, type NodeOptions, type WhisperrError } from "../src/index.ts";
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

function capture(level: "debug" | "warn"): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => spy.mockRestore());
  return lines;
}

/** As in a process that has just started. */
function forgetWhatWasTold(): void {
  requestsOfProcess().isTold = false;
}

const token = { toHexString: () => "65f0c0ffee65f0c0ffee65f0" };

describe.each(expressVersions)("%s", (_version, express) => {
  test.each([
    ["Passport", { user: { id: "ada" } }],
    ["Passport, before it asks the database", { session: { passport: { user: "ada" } } }],
    ["MongoDB", { user: { _id: "ada" } }],
    ["Firebase", { user: { uid: "ada" } }],
    ["a table of users", { user: { user_id: "ada" } }],
    ["a table of accounts", { user: { userId: "ada" } }],
    ["a token", { user: { sub: "ada" } }],
    ["Clerk", { auth: () => ({ userId: "ada" }) }],
    ["Clerk, before", { auth: { userId: "ada" } }],
    ["Auth0, for APIs", { auth: { payload: { sub: "ada" } } }],
    ["Auth0, for pages", { oidc: { user: { sub: "ada" } } }],
    ["express-jwt", { auth: { sub: "ada" } }],
    ["express-session", { session: { userId: "ada" } }],
    ["Better Auth, Auth.js and Supabase", { session: { user: { id: "ada" } } }],
    ["the app's own", { userId: "ada" }],
  ])("finds the user of %s", async (_library, fields) => {
    const { whisperr, sentUsers } = await createSubject();
    expect(await request(express, authenticate(fields), whisperrExpress(whisperr), checkout)).toBe(200);
    expect(await sentUsers()).toEqual(["ada"]);
  });

  test.each([
    ["a numeric id", { user: { id: 8842 } }, "8842"],
    ["the id 0", { user: { id: 0 } }, "0"],
    ["a bigint id", { user: { id: 9007199254740993n } }, "9007199254740993"],
    ["an ObjectId", { user: { _id: token } }, token.toHexString()],
    ["user.id before user.sub", { user: { sub: "second", id: "first" } }, "first"],
    ["user.sub before auth.userId", { auth: { userId: "second" }, user: { sub: "first" } }, "first"],
    ["auth.userId before auth.sub", { auth: { sub: "second", userId: "first" } }, "first"],
    ["auth.sub before userId", { userId: "second", auth: { sub: "first" } }, "first"],
    ["the first that is usable", { user: { id: " ", sub: null }, auth: { userId: {}, sub: "ada" } }, "ada"],
    [
      "what throws as nobody",
      {
        user: {
          get id(): never {
            throw new Error("not signed in");
          },
        },
        auth: () => Promise.reject(new Error("not signed in")),
        userId: "ada",
      },
      "ada",
    ],
  ])("takes %s", async (_shape, fields, expected) => {
    const { whisperr, sentUsers } = await createSubject();
    expect(await request(express, authenticate(fields), whisperrExpress(whisperr), checkout)).toBe(200);
    expect(await sentUsers()).toEqual([expected]);
  });

  test("finds the user in res.locals", async () => {
    const { whisperr, sentUsers } = await createSubject();
    const signIn: RequestHandler = (_req, res, next) => {
      res.locals.session = { user: { id: "ada" } };
      next();
    };
    expect(await request(express, signIn, whisperrExpress(whisperr), checkout)).toBe(200);
    expect(await sentUsers()).toEqual(["ada"]);
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

  test("resolveUser sees the response, and may be async: the calls keep their order, moment and values", async () => {
    const { api, whisperr } = await createSubject();
    const lookups: unknown[] = [];
    const middleware = whisperrExpress(whisperr, {
      async resolveUser(_req, res) {
        lookups.push(res.locals.account);
        await new Promise((resolve) => setImmediate(resolve));
        return res.locals.account === "a1" ? "ada" : undefined;
      },
    });
    await request(express, middleware, (req, res) => {
      res.locals.account = "a1";
      const properties = { n: 1 };
      req.whisperr.identify({ traits: { plan: "pro" } });
      req.whisperr.track("step_taken", properties, { source: "test" });
      properties.n = 2;
      req.whisperr.track("step_taken", properties);
      res.sendStatus(200);
    });
    // Whoever flushes waits for the lookup, too.
    await whisperr.flush();
    expect(api.events()).toMatchObject([
      { external_user_id: "ada", traits: { plan: "pro" } },
      { external_user_id: "ada", properties: { n: 1 }, context: { source: "test" } },
      { external_user_id: "ada", properties: { n: 2 } },
    ]);
    expect(lookups).toEqual(["a1"]);
    expect(whisperr.stats()).toEqual({ accepted: 3, delivered: 3, dropped: {}, pending: 0 });
  });

  test.each<[string, () => undefined | null | "" | Promise<undefined | null | "">]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["blank text", () => ""],
    ["a promise of nobody", async () => null],
  ])("counts each call, and tells of one, when resolveUser gives %s", async (_what, resolveUser) => {
    forgetWhatWasTold();
    const { api, whisperr, errors } = await createSubject();
    const middleware = whisperrExpress(whisperr, { resolveUser });
    for (let visits = 0; visits < 2; visits++)
      expect(await request(express, authenticate({ userId: "ada" }), middleware, checkout)).toBe(200);
    await whisperr.flush();
    expect(whisperr.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { no_user: 2 }, pending: 0 });
    expect(errors).toEqual([
      {
        type: "dropped",
        reason: "no_user",
        count: 1,
        message: expect.stringMatching(
          /^track\("checkout_completed"\) was left out, for its request has no user: resolveUser found nobody\./,
        ),
      },
    ]);
    expect(api.requests).toEqual([]);
  });

  test("without onError it is one line in the life of the process, with the places; debug tells of each", async () => {
    forgetWhatWasTold();
    const lines = { warn: capture("warn"), debug: capture("debug") };
    for (const debug of [false, false, true]) {
      const { whisperr } = await createSubject({ debug, onError: undefined });
      expect(await request(express, whisperrExpress(whisperr), checkout)).toBe(200);
      expect(whisperr.stats().dropped).toEqual({ no_user: 1 });
    }
    expect(lines.warn).toHaveLength(1);
    expect(lines.warn[0]).toMatch(/, as no_user\.$/);
    expect(lines.warn[0]).toContain("looked for user.id, user._id, ");
    expect(lines.warn[0]).toContain(
      ", userId in req and res.locals; resolveUser can say who it is. Further ones are only counted",
    );
    expect(lines.debug).toHaveLength(1);
    expect(lines.debug[0]).toContain("was left out");
  });

  test("currentWhisperr() is the request's, after awaits and in a body parser's callback, and nobody's outside", async () => {
    const { whisperr, sentUsers } = await createSubject();
    const middleware = whisperrExpress(whisperr);
    const visit = (userId: string) =>
      request(express, authenticate({ userId }), middleware, express.json(), async (_req, res) => {
        await new Promise((resolve) => setImmediate(resolve));
        currentWhisperr()?.track("invoice_created");
        res.sendStatus(200);
      });
    expect(await Promise.all([visit("ada"), visit("bob")])).toEqual([200, 200]);
    expect((await sentUsers()).sort()).toEqual(["ada", "bob"]);
    expect(currentWhisperr()).toBeUndefined();
  });

  test.each([
    ["an error", new Error("no session store"), "no session store"],
    ["nothing", undefined, "an exception without words"],
    ["something unreadable", Object.create(null), "an exception without words"],
  ])(
    "harms no request when resolveUser throws %s, and the call is reported",
    async (_what, thrown, words) => {
      const { whisperr, errors } = await createSubject({ debug: true });
      const lines = capture("debug");
      const resolveUser = () => {
        throw thrown;
      };
      expect(await request(express, whisperrExpress(whisperr, { resolveUser }), checkout)).toBe(200);
      const message = `track("checkout_completed") was dropped: resolveUser threw: ${words}.`;
      expect(errors).toEqual([{ type: "dropped", reason: "invalid_user_id", count: 1, message }]);
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

  const NO_TEXT = "the user id must be text that is not blank";

  test.each<[string, () => unknown, string]>([
    ["a promise of an object", async () => ({ id: "ada" }), `${NO_TEXT} (got an object)`],
    [
      "a promise that rejects",
      () => Promise.reject(new Error("no session store")),
      "resolveUser threw: no session store",
    ],
    ["no number", () => Number.NaN, `${NO_TEXT} (got NaN)`],
    ["an object", () => ({ id: "ada" }), `${NO_TEXT} (got an object)`],
  ])("makes no user of %s that resolveUser gives against its type", async (_what, resolveUser, why) => {
    const { whisperr, errors } = await createSubject();
    const middleware = whisperrExpress(whisperr, { resolveUser: resolveUser as () => string });
    expect(await request(express, middleware, checkout)).toBe(200);
    await whisperr.flush();
    const message = `track("checkout_completed") was dropped: ${why}.`;
    expect(errors).toMatchObject([{ type: "dropped", reason: "invalid_user_id", message }]);
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
