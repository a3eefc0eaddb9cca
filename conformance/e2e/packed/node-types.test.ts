/** The declarations of @whisperr/node as it is built, as the compiler of an app sees them. */
import { describe, expect, test } from "vitest";
import { type App, COMPILE_LIMIT_MS, compile as compileApp } from "./compile-app.ts";

const compile = (app: Omit<App, "sdk">) => compileApp({ ...app, sdk: "node" });

const USE_EVERYTHING = `
  import { channel, createMemoryOutbox, createWhisperr } from "@whisperr/node";
  import type {
    AnyEvents, Channel, ChannelSettings, ChannelType, DropReason, EventMap, FetchLike, FlushResult,
    IdentifyOptions, NodeOptions, Operation, Outbox, PushSettings, Stats, UserClient, Whisperr, WhisperrError, WireEvent,
  } from "@whisperr/node";
  import { userOfRequest, whisperrExpress } from "@whisperr/node/express";
  import type { ExpressOptions } from "@whisperr/node/express";

  export interface Events { signed_up: { plan: string } }
  const outbox: Outbox = createMemoryOutbox();
  const options: NodeOptions = {
    outbox, exitTimeoutMs: 0,
    onError: (error: WhisperrError) => { const reason: DropReason | undefined = error.reason; void reason; },
    beforeSend: (event: WireEvent) => event,
  };
  const whisperr: Whisperr<Events> = createWhisperr<Events>(options);
  whisperr.track("ada", "signed_up", { plan: "pro" });
  whisperr.identify("ada", { channels: [channel.email("ada@example.com", { verified: true })] });
  const ada: UserClient<Events> = whisperr.forUser("ada");
  const end: Promise<FlushResult> = whisperr.shutdown({ timeoutMs: 1 });
  const stats: Stats = whisperr.stats();
  const settings: ExpressOptions<{ who: string }> = { resolveUser: (request) => request.who };
  const middleware = whisperrExpress(whisperr, settings);
  const user: string | undefined = userOfRequest({ userId: "ada" });
  export const used = [ada, end, stats, middleware, user];
  export type Others = [AnyEvents, Channel, ChannelSettings, ChannelType, EventMap, FetchLike, IdentifyOptions, Operation, PushSettings];
  // A type that Express would have: the augmentation needs no package to be there.
  export const track = (request: Express.Request) => request.whisperr.track("signed_up", { plan: "pro" });
`;

const EXPRESS_APP = `
  import type { Express, Request, RequestHandler } from "express";
  import { createWhisperr } from "@whisperr/node";
  import { whisperrExpress } from "@whisperr/node/express";

  interface Events { checkout_completed: { amount_cents: number } }
  declare const app: Express;
  const whisperr = createWhisperr({ apiKey: "wrk_test" });
  app.use(whisperrExpress(whisperr));
  app.use("/shop", whisperrExpress(createWhisperr<Events>(), {}));
  const kept = whisperrExpress(whisperr);
  app.use(kept);
  app.get("/one", kept, (request, response) => response.send("ok"));
  const handler: RequestHandler = whisperrExpress(whisperr, { resolveUser: (request: Request) => request.get("x-user") });
  app.use(handler);
  app.post("/checkout/:id", (request, response) => {
    request.whisperr.track("checkout_completed", { amount_cents: 4900 });
    request.whisperr.identify({ email: "ada@example.com" });
    response.sendStatus(200);
  });
`;

const TYPED_EXPRESS_APP = `
  import type { Express } from "express";
  import "@whisperr/node/express";

  interface Events { checkout_completed: { amount_cents: number }; signed_out: Record<string, never> }
  declare module "@whisperr/node/express" { interface RequestEvents extends Events {} }
  declare const app: Express;
  app.post("/checkout", (request) => {
    request.whisperr.track("checkout_completed", { amount_cents: 4900 });
    request.whisperr.track("signed_out");
    // @ts-expect-error: no such event
    request.whisperr.track("checkout_complete");
    // @ts-expect-error: the amount is a number
    request.whisperr.track("checkout_completed", { amount_cents: "4900" });
  });
`;

const EXPRESS_TYPES = ["@types/express", "@types/node"];

describe("a strict app compiles against the declarations", { timeout: COMPILE_LIMIT_MS }, () => {
  test.each<[string, Pick<App, "file" | "moduleResolution">]>([
    ["an ES module", {}],
    ["CommonJS", { file: "main.cts" }],
    ["a bundled module", { moduleResolution: "bundler" }],
  ])("as %s, with no other types installed", async (_kind, app) => {
    expect(await compile({ ...app, source: USE_EVERYTHING })).toBe("");
  });

  test("when it is an Express app with Express's own types", async () => {
    expect(await compile({ source: EXPRESS_APP, typePackages: EXPRESS_TYPES })).toBe("");
  });

  test("when it declares the events of req.whisperr", async () => {
    const app = { source: TYPED_EXPRESS_APP, typePackages: EXPRESS_TYPES } as const;
    expect(await compile(app)).toBe("");
  });
});

describe("a strict app is told of a mistake", { timeout: COMPILE_LIMIT_MS }, () => {
  test("in a call of req.whisperr", async () => {
    const source = `${EXPRESS_APP}
      app.get("/", (request) => request.whisperr.track(4900));
      app.get("/", (request) => request.whisperr.trak("signed_up"));`;
    const errors = await compile({ source, typePackages: EXPRESS_TYPES });
    expect(errors.match(/error TS\d+/g)).toEqual(["error TS2345", "error TS2551"]);
  });

  test("in the name of an event, an import or an option", async () => {
    const source = `
      import { createWhisperr } from "@whisperr/node";
      import { whisperr } from "@whisperr/node/expres";
      createWhisperr<{ signed_up: { plan: string } }>().track("ada", "sined_up", { plan: "pro" });
      createWhisperr({ flushAfter: 1 });`;
    const errors = await compile({ source });
    expect(errors.match(/error TS\d+/g)).toEqual(["error TS2307", "error TS2345", "error TS2561"]);
  });
});
