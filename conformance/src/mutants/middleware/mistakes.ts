/** Middleware with one mistake each, made where it meets its framework, and what has to be said of it. */
import { cloudflare, hono, next, onCloudflare, onHono, onNext, type WithWhisperr } from "./deployments.ts";
import type { Deploy } from "./stage.ts";

export interface Mistake {
  readonly id: string;
  readonly does: string;
  readonly deploy: Deploy;
  readonly complaint: RegExp;
}

type Handler = (...request: unknown[]) => unknown;
type WaitUntil = (promise: Promise<unknown>) => void;

const never = () => new Promise<never>(() => {});

const withHandler = (edit: (handler: Handler) => Handler): Deploy =>
  onCloudflare((handler, options) => cloudflare(edit(handler as Handler) as never, options));

/** The middleware sees nothing of how the handler ends, and its caller does. */
const apart =
  (which: "fails" | "returns"): WithWhisperr =>
  (handler, options) =>
  (request, env, context) =>
    new Promise((resolve, reject) => {
      const seen = async (...args: unknown[]) => {
        try {
          const response = await (handler as Handler)(...args);
          resolve(response);
          return which === "returns" ? never() : response;
        } catch (error) {
          reject(error);
          return never();
        }
      };
      cloudflare(seen as never, options)(request, env, context).catch(reject);
    });

const ofCloudflare: readonly Mistake[] = [
  {
    id: "cloudflare-awaits-delivery",
    does: "Answers when everything is delivered.",
    deploy: onCloudflare((handler, options) => async (request, env, context) => {
      const held: Promise<unknown>[] = [];
      const platform = context as { waitUntil: WaitUntil };
      const original = platform.waitUntil.bind(platform);
      platform.waitUntil = (promise) => {
        held.push(promise);
        original(promise);
      };
      const response = await cloudflare(handler, options)(request, env, context);
      await Promise.all(held);
      return response;
    }),
    complaint: /the response waits for delivery/,
  },
  {
    id: "cloudflare-wait-until-unbound",
    does: "Takes waitUntil out of its context, where it does not work.",
    deploy: onCloudflare((handler, options) => (request, env, context) => {
      const { waitUntil } = context as { waitUntil: WaitUntil };
      const detached = (env: unknown) => ({ ...options(env), onError() {} });
      const args = (_request: unknown, _env: unknown, _context: unknown, client: unknown) =>
        (handler as Handler)(request, env, context, client);
      return cloudflare(args as never, detached)(request, env, {
        waitUntil: (promise: Promise<unknown>) => waitUntil.call(undefined, promise),
      });
    }),
    complaint: /the request is not held/,
  },
  {
    id: "cloudflare-swallows-errors",
    does: "Answers in its own words when the handler fails.",
    deploy: withHandler((handler) => async (...args) => {
      try {
        return await handler(...args);
      } catch {
        return "an error";
      }
    }),
    complaint: /what the handler threw is lost/,
  },
  {
    id: "cloudflare-forgets-failures",
    does: "Leaves what a failing handler has tracked to the interval.",
    deploy: onCloudflare(apart("fails")),
    complaint: /what a failing handler tracked is lost/,
  },
  {
    id: "cloudflare-goes-by-its-interval",
    does: "Does not notice that the handler has returned.",
    deploy: onCloudflare(apart("returns")),
    complaint: /sent after the handler: nothing/,
  },
  {
    id: "cloudflare-sends-at-once",
    does: "Sends each event when it is tracked.",
    deploy: onCloudflare((handler, options) =>
      cloudflare(handler, (env) => ({ ...options(env), flushIntervalMs: 50 })),
    ),
    complaint: /sends while the handler runs/,
  },
  {
    id: "cloudflare-one-client",
    does: "Gives all requests the client of the first.",
    deploy: onCloudflare((handler, options) => {
      let first: unknown;
      const shared: Handler = (request, env, context, client) => {
        first ??= client;
        return (handler as Handler)(request, env, context, first);
      };
      return cloudflare(shared as never, options);
    }),
    complaint: /requests share a client/,
  },
  {
    id: "cloudflare-options-once",
    does: "Asks for its options at the first request, and remembers them.",
    deploy: onCloudflare((handler, options) => {
      let known: object | undefined;
      return cloudflare(handler, (env) => {
        known ??= options(env);
        return known;
      });
    }),
    complaint: /options are asked 1 times for two requests/,
  },
  {
    id: "cloudflare-options-at-start",
    does: "Asks for its options when the app starts, where there is no environment.",
    deploy: onCloudflare((handler, options) => {
      const known = options(undefined);
      return cloudflare(handler, () => known);
    }),
    complaint: /options are asked before there is a request/,
  },
  {
    id: "cloudflare-context-copied",
    does: "Gives the handler a context of its own.",
    deploy: withHandler(
      (handler) => (request, env, context, client) => handler(request, env, { ...Object(context) }, client),
    ),
    complaint: /a request fails: the handler got other arguments/,
  },
  {
    id: "cloudflare-response-copied",
    does: "Answers with a response of its own.",
    deploy: onCloudflare((handler, options) => async (...request) => ({
      ...Object(await cloudflare(handler, options)(...request)),
    })),
    complaint: /the response is another one/,
  },
];

const ofHono: readonly Mistake[] = [
  {
    id: "hono-next-not-awaited",
    does: "Takes the handlers for done when they have begun.",
    deploy: onHono((options) => async (c, handle) => {
      let done: Promise<void> | undefined;
      await hono(options)(c, async () => {
        done = handle();
      });
      await done;
    }),
    complaint: /sends while the handler runs/,
  },
  {
    id: "hono-awaits-delivery",
    does: "Answers when everything is delivered.",
    deploy: onHono((options) => async (c, handle) => {
      await hono(options)(c, handle);
      const { whisperr } = (c as { var: { whisperr: { flush(): Promise<unknown> } } }).var;
      await whisperr.flush();
    }),
    complaint: /the response waits for delivery/,
  },
  {
    id: "hono-options-at-start",
    does: "Asks for its options when the middleware is made.",
    deploy: onHono((options) => {
      const known = (options as (c: object) => object)({ env: undefined });
      return hono(known);
    }),
    complaint: /options are asked without what the platform gives/,
  },
  {
    id: "hono-needs-a-context",
    does: "Fails where the runtime has no execution context.",
    deploy: onHono(
      (options) => async (c, handle) => {
        void (c as { executionCtx: unknown }).executionCtx;
        await hono(options)(c, handle);
      },
      false,
    ),
    complaint: /a request fails: This context has no ExecutionContext/,
  },
  {
    id: "hono-holds-nothing",
    does: "Does not look for the runtime's waitUntil.",
    deploy: onHono((options) =>
      hono((c: unknown) => ({ ...(options as (c: unknown) => object)(c), waitUntil: () => {} })),
    ),
    complaint: /the request is not held/,
  },
];

const ofNext: readonly Mistake[] = [
  {
    id: "next-after-response-only",
    does: "Holds the first request that tracks, and no other.",
    deploy: onNext((options) => {
      const client = next(options) as { track(...args: unknown[]): void; flush(): Promise<unknown> };
      let isFirst = true;
      return {
        ...client,
        track(...args: unknown[]) {
          if (isFirst) client.track(...args);
          else queueMicrotask(() => client.track(...args));
          isFirst = false;
        },
      };
    }),
    complaint: /a request is not held for what it tracked/,
  },
];

export const mistakes: readonly Mistake[] = [...ofCloudflare, ...ofHono, ...ofNext];
