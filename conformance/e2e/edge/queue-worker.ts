/** The Worker of the Queue scenarios: its requests produce what its Queue handler delivers. Bundled, and run in workerd. */
import { createWhisperr } from "@whisperr/edge";
import { type QueueLike, queueOutbox, whisperrQueueConsumer } from "@whisperr/edge/cloudflare";
import type { TrackedCall } from "./numbered-events.ts";

interface Env {
  readonly WHISPERR_API_KEY: string;
  readonly WHISPERR_BASE_URL: string;
  readonly WHISPERR_QUEUE: QueueLike;
  readonly REQUEST_TIMEOUT_MS: number;
}

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** What the clients of this isolate reported; the environment's key must not be in it. */
const reported: unknown[] = [];

export default {
  async fetch(request: Request, env: Env, ctx: Context): Promise<Response> {
    if (request.method === "GET") return Response.json(reported);
    const whisperr = createWhisperr({
      apiKey: env.WHISPERR_API_KEY,
      waitUntil: (promise) => ctx.waitUntil(promise),
      outbox: queueOutbox(env.WHISPERR_QUEUE),
      onError: (error) => reported.push(error),
    });
    for (const { user, event, properties, traits } of (await request.json()) as TrackedCall[]) {
      if (event === undefined) whisperr.identify(user, { traits: traits ?? {} });
      else whisperr.track(user, event, properties);
    }
    return new Response("tracked");
  },

  queue: whisperrQueueConsumer<Env>(({ REQUEST_TIMEOUT_MS }) => ({
    retryDelaySeconds: 1,
    maxRetryDelaySeconds: 2,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    backoff: { baseMs: 50, maxMs: 100 },
    onError: (error) => reported.push(error),
  })),
};
