/** The Worker of the Durable Object scenarios: its requests hand over to the object that delivers. Bundled, run in workerd. */
import { createWhisperr } from "@whisperr/edge";
import {
  type DurableObjectNamespaceLike,
  type DurableObjectStateLike,
  durableObjectOutbox,
  type OutboxOptions,
  WhisperrOutbox,
} from "@whisperr/edge/cloudflare";
import type { TrackedCall } from "./numbered-events.ts";

interface Env {
  readonly WHISPERR_API_KEY: string;
  readonly WHISPERR_OUTBOX: DurableObjectNamespaceLike;
  /** What `Outbox.options()` answers. */
  readonly OUTBOX_OPTIONS: OutboxOptions;
}

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** What was reported in this isolate, by clients and the object. */
const reported: unknown[] = [];

export class Outbox extends WhisperrOutbox<Env> {
  readonly #storage: DurableObjectStateLike["storage"];

  constructor(ctx: DurableObjectStateLike, env: Env) {
    super(ctx, env);
    this.#storage = ctx.storage;
  }

  override options(env: Env): OutboxOptions {
    return { ...env.OUTBOX_OPTIONS, onError: (error) => reported.push(error) };
  }

  /** Tells scenarios how many operations it keeps, and until when it waits; everything else is the SDK's. */
  override async fetch(request: Request): Promise<{ readonly status: number }> {
    if (request.method === "POST") return super.fetch(request);
    const [row] = this.#storage.sql.exec(
      "SELECT (SELECT COUNT(*) FROM whisperr_operations) AS kept, (SELECT not_before_ms FROM whisperr_waiting) AS waitsUntilMs",
    );
    return Response.json(row);
  }
}

/** The first answer gets lost on its way back, though the object has kept the operations. */
function losingAnAnswer(namespace: DurableObjectNamespaceLike): DurableObjectNamespaceLike {
  let lost = false;
  return {
    idFromName: (name) => namespace.idFromName(name),
    get(id) {
      const stub = namespace.get(id);
      return {
        async fetch(url, init) {
          const answer = await stub.fetch(url, init);
          if (lost) return answer;
          lost = true;
          throw new Error("Network connection lost.");
        },
      };
    },
  };
}

/** Isolates whose first hand-over is held up. */
let heldUp = 0;
let isLetGo = false;

/** Takes nothing before it is let go. */
function handingOverLate(namespace: DurableObjectNamespaceLike): DurableObjectNamespaceLike {
  return {
    idFromName: (name) => namespace.idFromName(name),
    get: (id) => ({
      async fetch(url, init) {
        heldUp += 1;
        while (!isLetGo) await new Promise((resolve) => setTimeout(resolve, 10));
        return namespace.get(id).fetch(url, init);
      },
    }),
  };
}

function outboxFor(path: string, namespace: DurableObjectNamespaceLike): DurableObjectNamespaceLike {
  if (path === "/losing-an-answer") return losingAnAnswer(namespace);
  return path === "/handing-over-late" ? handingOverLate(namespace) : namespace;
}

export default {
  async fetch(request: Request, env: Env, ctx: Context): Promise<Response> {
    const namespace = env.WHISPERR_OUTBOX;
    const { pathname } = new URL(request.url);
    if (pathname === "/reported") return Response.json(reported);
    if (pathname === "/object") {
      const object = namespace.get(namespace.idFromName("whisperr") as never);
      return object.fetch(request as never, undefined as never) as Promise<Response>;
    }
    if (pathname === "/is-held-up") return new Response(heldUp > 0 ? "kept" : "no");
    if (pathname === "/let-go") isLetGo = true;
    const whisperr = createWhisperr({
      apiKey: env.WHISPERR_API_KEY,
      waitUntil: (promise) => ctx.waitUntil(promise),
      outbox: durableObjectOutbox(outboxFor(pathname, namespace)),
      backoff: { baseMs: 50, maxMs: 100 },
      onError: (error) => reported.push(error),
    });
    for (const { user, event, properties, traits } of (await request.json()) as TrackedCall[]) {
      if (event === undefined) whisperr.identify(user, { traits: traits ?? {} });
      else whisperr.track(user, event, properties);
    }
    await whisperr.flush();
    return new Response("kept");
  },
};
