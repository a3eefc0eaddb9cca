/** The declarations of @whisperr/edge as it is built, as the strictest compiler of an app sees them: no types of any platform about. */
import { describe, expect, test } from "vitest";
import { type App, COMPILE_LIMIT_MS, compile as compileApp } from "./compile-app.ts";

const USE_EVERYTHING = `
  import { channel, createMemoryOutbox, createWhisperr } from "@whisperr/edge";
  import type {
    AnyEvents, Channel, ChannelSettings, ChannelType, DropReason, EdgeOptions, EventMap, FetchLike, FlushResult, IdentifyOptions,
    Operation, Outbox, PlatformOutbox, PushSettings, Stats, UserClient, WaitUntil, Whisperr, WhisperrEdgeOptions, WhisperrError, WireEvent,
  } from "@whisperr/edge";
  import { durableObjectOutbox, queueOutbox, whisperrQueueConsumer, WhisperrOutbox, withWhisperr } from "@whisperr/edge/cloudflare";
  import { whisperr as middleware, type WhisperrVariables } from "@whisperr/edge/hono";
  import { createWhisperr as forNext } from "@whisperr/edge/next";
  import { createWhisperr as forVercel } from "@whisperr/edge/vercel";

  export interface Events { signed_up: { plan: string } }
  interface Env { KEY: string }
  const waitUntil: WaitUntil = (promise) => void promise;
  const outbox: Outbox = createMemoryOutbox();
  const options: WhisperrEdgeOptions = {
    outbox, waitUntil, waitUntilTimeoutMs: 20_000, apiKey: "wrk_test",
    onError: (error: WhisperrError) => { const reason: DropReason | undefined = error.reason; void reason; },
    beforeSend: (event: WireEvent) => event,
  };
  const whisperr: Whisperr<Events> = createWhisperr<Events>(options);
  whisperr.track("ada", "signed_up", { plan: "pro" });
  whisperr.identify("ada", { channels: [channel.email("ada@example.com", { verified: true })] });
  const ada: UserClient<Events> = whisperr.forUser("ada");
  const end: Promise<FlushResult> = whisperr.shutdown({ timeoutMs: 1 });
  const stats: Stats = whisperr.stats();
  const platform: PlatformOutbox = queueOutbox({ sendBatch: async () => undefined });
  const vercel: Whisperr<Events> = forVercel<Events>({ outbox: platform });
  const next: Whisperr = forNext();
  const variables: WhisperrVariables<Events> = { whisperr };
  export class Outbox2 extends WhisperrOutbox<Env> {
    override options(env: Env) { return { apiKey: env.KEY }; }
  }
  export const worker = {
    fetch: withWhisperr<Env, Events>(
      (request: unknown, env, context, client) => {
        client.track("ada", "signed_up", { plan: env.KEY });
        context.waitUntil(client.flush());
        return request;
      },
      (env) => ({ apiKey: env.KEY }),
    ),
    queue: whisperrQueueConsumer<Env>((env) => ({ apiKey: env.KEY })),
  };
  export const used = [ada, end, stats, vercel, next, variables, middleware({ apiKey: "wrk_test" }), durableObjectOutbox];
  export type Others = [AnyEvents, Channel, ChannelSettings, ChannelType, EdgeOptions, EventMap, FetchLike, IdentifyOptions, Operation, PushSettings];
`;

const compile = (source: string, app: Partial<App> = {}) => compileApp({ ...app, source, sdk: "edge" });

describe("a strict app", { timeout: COMPILE_LIMIT_MS }, () => {
  test.each<[string, Partial<App>]>([
    ["with ES modules", {}],
    ["with a bundler", { moduleResolution: "bundler" }],
  ])("compiles %s", async (_kind, app) => {
    expect(await compile(USE_EVERYTHING, app)).toBe("");
  });

  test("has its platform's own Request and Response, where there are some", async () => {
    const source = `
      import { withWhisperr } from "@whisperr/edge/cloudflare";
      export default {
        fetch: withWhisperr<{ KEY: string }>(
          async (request, env, ctx, whisperr) => {
            whisperr.track("ada", "page_opened", { url: request.url, method: request.method });
            return new Response("ok");
          },
          (env) => ({ apiKey: env.KEY }),
        ),
      };`;
    expect(await compile(source, { lib: ["ES2022", "DOM"] })).toBe("");
  });

  test("is told of a mistake", async () => {
    const source = `
      import { createWhisperr } from "@whisperr/edge";
      import { withWhisperr } from "@whisperr/edge/cloudflar";
      createWhisperr({ apiKey: "wrk_test" });
      createWhisperr<{ signed_up: { plan: string } }>({ waitUntil() {} }).track("ada", "sined_up", { plan: "pro" });`;
    const errors = await compile(source);
    expect(errors.match(/error TS\d+/g)).toEqual(["error TS2307", "error TS2345", "error TS2345"]);
  });
});
