/** Apps with the edge SDK's middleware, as their frameworks run them. Each takes the middleware, which may have a mistake. */
/// <reference path="../../../../packages/edge/src/platform/next-server.d.ts" />
import { Hono } from "hono";
import { withWhisperr } from "../../../../packages/edge/src/cloudflare.ts";
import { whisperr } from "../../../../packages/edge/src/hono.ts";
import { createWhisperr } from "../../../../packages/edge/src/next.ts";
import type { Deploy, Platform, Tracking, Work } from "./stage.ts";

/** As untyped as it is for an app in JavaScript. */
export type WithWhisperr = (
  handler: (...request: never[]) => unknown,
  options: (env: unknown) => object,
) => (request: unknown, env: unknown, context: unknown) => Promise<unknown>;

export type HonoWhisperr = (options: unknown) => (c: never, next: () => Promise<void>) => Promise<void>;

export type CreateWhisperr = (options: object) => object;

/** The SDK's own. */
export const cloudflare = withWhisperr as unknown as WithWhisperr;
export const hono = whisperr as unknown as HonoWhisperr;
export const next = createWhisperr as unknown as CreateWhisperr;

interface Env {
  readonly work: Work;
}

export const onCloudflare =
  (middleware: WithWhisperr): Deploy =>
  (options) => {
    let latest: unknown[] = [];
    const handle = middleware((...args: unknown[]) => {
      if (latest.some((given, n) => args[n] !== given)) throw new Error("the handler got other arguments");
      const [, env, platform, client] = args as [unknown, Env, Platform, Tracking];
      return env.work(client, platform);
    }, options);
    return (platform, work) => {
      latest = [{ url: "/" }, { work }, platform];
      return handle(...(latest as [unknown, unknown, unknown]));
    };
  };

/** `hasContext`: the runtime gives an execution context, as Workers do and Node does not. */
export const onHono =
  (middleware: HonoWhisperr, hasContext = true): Deploy =>
  (options) =>
  async (platform, work) => {
    const outcome: { error?: unknown; response?: unknown } = {};
    const app = new Hono<{ Variables: { whisperr: Tracking } }>();
    app.use(middleware(({ env }: { env: unknown }) => options(env)) as never);
    app.get("/", async (c) => {
      outcome.response = await work(c.get("whisperr"), platform);
      return c.text("a response");
    });
    app.onError((error, c) => {
      outcome.error = error;
      return c.text("an error", 500);
    });
    await app.request("/", {}, {}, hasContext ? (platform as never) : undefined);
    if ("error" in outcome) throw outcome.error;
    return outcome.response;
  };

/** What `after()` of Next.js is called in. */
export const nextRequest: { current: Platform | undefined } = { current: undefined };

export const onNext =
  (create: CreateWhisperr): Deploy =>
  (options) => {
    const client = create(options({})) as Tracking;
    const inRequest = (platform: Platform): Tracking => ({
      ...client,
      track(...args) {
        nextRequest.current = platform;
        client.track(...args);
        nextRequest.current = undefined;
      },
    });
    return async (platform, work) => work(inRequest(platform), platform);
  };
