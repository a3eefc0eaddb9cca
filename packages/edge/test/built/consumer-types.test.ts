/** The declarations of the built package, as the strictest compiler of an app sees them: no types of any platform about. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
/** A compiler run each; long enough for a busy machine. */
const COMPILE_LIMIT_MS = 60_000;

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

/** What the compiler says about an app, one error a line; empty when it says nothing. */
async function compile(source: string, options: Record<string, unknown> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "whisperr-edge-consumer-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // A copy: a link would let the compiler find the repository's other packages.
  for (const part of ["dist", "package.json"])
    await cp(path(`../../${part}`), join(folder, "node_modules", "@whisperr", "edge", part), {
      recursive: true,
    });
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: "ES2022",
    lib: ["ES2022"],
    types: [],
    module: "nodenext",
    ...options,
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  await writeFile(join(folder, "main.ts"), source);
  const tsc = path("../../../../node_modules/.bin/tsc");
  return new Promise((resolve) => {
    execFile(tsc, ["-p", ".", "--pretty", "false"], { cwd: folder }, (error, stdout) => {
      resolve(error === null ? "" : `${stdout}${stdout === "" ? String(error) : ""}`);
    });
  });
}

describe("a strict app", { timeout: COMPILE_LIMIT_MS }, () => {
  test.each([
    ["with ES modules", {}],
    ["with a bundler", { module: "esnext", moduleResolution: "bundler" }],
  ])("compiles %s", async (_kind, options) => {
    expect(await compile(USE_EVERYTHING, options)).toBe("");
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
    expect(errors.match(/error TS\d+/g)).toEqual(["error TS2307", "error TS2741", "error TS2345"]);
  });
});
