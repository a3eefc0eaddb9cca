/** `withWhisperr()` and the kinds of handlers that Lambda has. A frozen sandbox is a scenario of conformance/frameworks. */
import { describe, expect, test, vi } from "vitest";
import { createWhisperr, currentWhisperr, type Whisperr } from "../src/index.ts";
import { type LambdaContext, type WithWhisperr, withWhisperr } from "../src/lambda.ts";
import { failAtFirst, startIngestionApi } from "./ingestion-api.ts";

type Context = LambdaContext & WithWhisperr;

interface JwtEvent {
  readonly requestContext?: { readonly authorizer: object };
  readonly user?: string;
}

const jwt = (sub: string): JwtEvent => ({ requestContext: { authorizer: { jwt: { claims: { sub } } } } });
const context = (remainingMs = 60_000) => ({ getRemainingTimeInMillis: () => remainingMs });

async function createSubject() {
  const api = await startIngestionApi();
  return { api, whisperr: createWhisperr({ apiKey: "wrk_test", baseUrl: api.url }) };
}

/** What is delivered is awaited, however slow the machine is. */
const patient = (whisperr: Whisperr) => ({ whisperr, timeoutMs: 50_000 });

describe("delivers what is recorded by", () => {
  test("an async handler, which keeps its result", async () => {
    const { api, whisperr } = await createSubject();
    const handler = withWhisperr(async (_event: JwtEvent, { whisperr: own }: Context) => {
      own.track("order_placed");
      return { statusCode: 200 };
    }, patient(whisperr));
    expect(await handler(jwt("ada"), context())).toEqual({ statusCode: 200 });
    expect(api.events()).toMatchObject([{ external_user_id: "ada", event_type: "order_placed" }]);
  });

  test("one that throws, in a promise or at once: the error is Lambda's", async () => {
    const { api, whisperr } = await createSubject();
    const fail = () => {
      currentWhisperr()?.track("order_failed");
      throw new Error("out of stock");
    };
    for (const failing of [fail, async () => fail()]) {
      const handler = withWhisperr(
        failing as (event: JwtEvent, context: Context) => unknown,
        patient(whisperr),
      );
      await expect(handler(jwt("ada"), context())).rejects.toThrow("out of stock");
    }
    expect(api.eventTypes()).toEqual(["order_failed", "order_failed"]);
  });

  test("one that calls back, with a result or an error", async () => {
    const { api, whisperr } = await createSubject();
    const callback = (event: JwtEvent, own: Context, done: (error: unknown, result?: unknown) => void) => {
      own.whisperr.track("order_placed");
      setImmediate(() => (event.user === undefined ? done(null, "ordered") : done(new Error("nobody"))));
    };
    const handler = withWhisperr(callback as never, patient(whisperr)) as (
      ...invocation: unknown[]
    ) => Promise<unknown>;
    expect(await handler(jwt("ada"), context())).toBe("ordered");
    await expect(handler({ ...jwt("bob"), user: "bob" }, context())).rejects.toThrow("nobody");
    expect(api.events().map((event) => event.external_user_id)).toEqual(["ada", "bob"]);
  });

  test("one that streams, wrapped inside or outside of streamifyResponse()", async () => {
    const { api, whisperr } = await createSubject();
    // What Lambda's runtime does.
    const MARK = Symbol.for("aws.lambda.runtime.handler.streaming");
    const streamifyResponse = <T extends object>(handler: T): T =>
      Object.assign(handler, { [MARK]: "response" });
    const written: string[] = [];
    const stream = { write: (text: string) => void written.push(text), end() {} };
    const streaming = async (_event: JwtEvent, out: typeof stream, own: Context) => {
      out.write("hello");
      own.whisperr.track("page_streamed");
      out.end();
    };
    const outside = withWhisperr(streamifyResponse(streaming), patient(whisperr));
    const inside = streamifyResponse(withWhisperr(streaming, patient(whisperr)));
    for (const handler of [outside, inside]) {
      expect(Reflect.get(handler, MARK)).toBe("response");
      await handler(jwt("ada"), stream, context());
    }
    expect(written).toEqual(["hello", "hello"]);
    expect(api.eventTypes()).toEqual(["page_streamed", "page_streamed"]);
  });
});

test.each([
  ["JWTs", { authorizer: { jwt: { claims: { sub: "ada" } } } }],
  ["Cognito", { authorizer: { claims: { sub: "ada" } } }],
  ["a Lambda authorizer of an HTTP API", { authorizer: { lambda: { userId: "ada" } } }],
  ["a Lambda authorizer of a REST API", { authorizer: { principalId: "ada" } }],
])("finds the user of %s", async (_kind, requestContext) => {
  const { api, whisperr } = await createSubject();
  const handler = withWhisperr(
    (_event: object, own: Context) => own.whisperr.track("seen"),
    patient(whisperr),
  );
  await handler({ requestContext }, context());
  expect(api.events()).toMatchObject([{ external_user_id: "ada" }]);
});

test("resolveUser gets the event", async () => {
  const { api, whisperr } = await createSubject();
  const handler = withWhisperr((_event: JwtEvent, own: Context) => own.whisperr.track("seen"), {
    ...patient(whisperr),
    resolveUser: async (event) => event.user,
  });
  await handler({ user: "ada" }, context());
  expect(api.events()).toMatchObject([{ external_user_id: "ada" }]);
});

test.each([
  [undefined, 60_000, 2_000],
  [1_000, 60_000, 1_000],
  [1_000, 700, 500],
  [1_000, 100, -100],
])(
  "waits timeoutMs (%j), or 200 ms less than the %i that are left: %i",
  async (timeoutMs, left, expected) => {
    const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: "http://127.0.0.1:1" });
    const flush = vi.spyOn(whisperr, "flush");
    const handler = withWhisperr(async (_event: object, _own: Context) => {}, { whisperr, timeoutMs });
    await handler({}, context(left));
    expect(flush.mock.calls).toEqual([[{ timeoutMs: expected }]]);
  },
);

test("what one invocation could not deliver goes out with the next, whatever wait between attempts was begun", async () => {
  const api = await startIngestionApi(failAtFirst(1));
  const debug = vi.spyOn(console, "debug").mockImplementation(() => {});
  const backoff = { baseMs: 600_000, maxMs: 600_000 };
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, flushAt: 1, backoff, debug: true });
  const invoke = (timeoutMs: number) =>
    withWhisperr((_event: JwtEvent, own: Context) => own.whisperr.track("seen"), { whisperr, timeoutMs });
  await invoke(0)(jwt("ada"), context());
  await vi.waitFor(
    () => expect(debug).toHaveBeenCalledWith(expect.stringContaining("operations: 500")),
    60_000,
  );
  await invoke(50_000)(jwt("ada"), context());
  expect(api.eventTypes()).toEqual(["seen", "seen", "seen"]);
});

test.each([
  ["an empty one", {}],
  ["none", undefined],
  ["one that cannot be extended", Object.freeze(context())],
  ["one whose clock throws", { getRemainingTimeInMillis: () => expect.fail("no clock") }],
  ["one whose clock shows no time", context(Number.NaN)],
])("a handler has its client with any context: %s", async (_kind, given) => {
  const { api, whisperr } = await createSubject();
  const handler = withWhisperr((_event: JwtEvent, own: Context) => own.whisperr.track("seen"), { whisperr });
  const flush = vi.spyOn(whisperr, "flush");
  await handler(jwt("ada"), given as LambdaContext);
  expect(api.events()).toMatchObject([{ external_user_id: "ada" }]);
  expect(flush.mock.calls).toEqual([[{ timeoutMs: 2_000 }]]);
});

test("makes a client of its options, with the key of the environment", async () => {
  const api = await startIngestionApi();
  vi.stubEnv("WHISPERR_API_KEY", "wrk_from_environment");
  const handler = withWhisperr((_event: object, own: Context) => own.whisperr.track("seen"), {
    baseUrl: api.url,
  });
  await handler(jwt("ada"), context());
  expect(api.requests).toMatchObject([{ key: "wrk_from_environment" }]);
  vi.stubEnv("WHISPERR_API_KEY", "");
  expect(() => withWhisperr(async (_event: object, _own: Context) => {})).toThrow(/apiKey is missing/);
});
