/** Mistakes about the queue: order, bounds, batches, what leaves it when (contract, section 5). */
import { answered } from "../hooks/answers.ts";
import { withClient } from "../hooks/calls.ts";
import { always, ignoring, withOptions } from "../hooks/options.ts";
import { eventsOf, idsOf, type SentEvent, withEvents } from "../hooks/requests.ts";
import type { Mutant, SentRequest } from "../mutant.ts";

export const queueMutants: readonly Mutant[] = [
  {
    id: "removed-before-the-answer",
    does: "Takes operations out of the queue when they are sent, not when they are acknowledged.",
    how: () => ({
      async fetch(request, send) {
        await send(request).then(
          (answer) => answer.text(),
          () => {},
        );
        return answered(202);
      },
    }),
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 1/ },
  },
  {
    id: "two-in-flight",
    does: "Sends what is queued once more when somebody flushes while a request is under way.",
    how: () => {
      let again: (() => void) | undefined;
      return {
        fetch(request, send) {
          again = () => void send(request).then((answer) => answer.text());
          return send(request).finally(() => {
            again = undefined;
          });
        },
        client: ({ flush }) => ({
          flush(options) {
            again?.();
            return flush(options);
          },
        }),
      };
    },
    caughtBy: { "order.one-in-flight": /step 11: number of requests: expected 1/ },
  },
  {
    id: "identify-overtakes",
    does: "Lets an identify go before the events that were called first.",
    how: withClient(({ track }) => ({ track: (...args) => queueMicrotask(() => track(...args)) })),
    caughtBy: { "order.identify-between-tracks": /"track user_1 e1" was not called after/ },
  },
  {
    id: "identify-overtaken",
    does: "Sends the events behind an identify before it.",
    how: withClient(({ identify }) => ({ identify: (...args) => queueMicrotask(() => identify(...args)) })),
    caughtBy: { "order.identify-between-tracks": /was not called after/ },
  },
  {
    id: "failed-goes-to-the-back",
    does: "Puts what could not be delivered behind what is queued.",
    how: () => {
      let failed: SentRequest | undefined;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          if (answer.status >= 500 && !failed) {
            failed = request;
            return answered(202);
          }
          if (answer.ok && failed) await send(failed);
          return answer;
        },
      };
    },
    caughtBy: { "order.kept-under-failures": /was not called after/ },
  },
  {
    id: "drops-the-newest",
    does: "Drops the newest operation when the queue is full.",
    how: withClient(({ track, stats }, { options }) => ({
      track: (...args) => (stats().pending >= Number(options.maxQueueSize) ? undefined : track(...args)),
    })),
    caughtBy: { "limits.queue-full": /types\[0\]: expected "e2", got "e1"/ },
  },
  {
    id: "queue-unbounded",
    does: "Grows without limit.",
    how: ignoring("maxQueueSize"),
    caughtBy: {
      "limits.queue-full": /stats\.pending: expected 3, got 4/,
      "field.bounded-while-in-flight": /stored properties: expected .*"\$length":6/,
    },
  },
  {
    id: "queue-heavy",
    does: "Counts what it keeps, and never weighs it.",
    how: ignoring("maxQueueBytes"),
    caughtBy: { "limits.queue-bytes": /types/ },
  },
  {
    id: "overflow-hits-what-is-in-flight",
    does: "Drops operations as too many that are arriving at that moment.",
    how: () => {
      let inFlight: string[] = [];
      return {
        fetch(request, send) {
          inFlight = idsOf(request);
          return send(request);
        },
        onError: (error, report) =>
          report(error.reason === "queue_full" ? { ...error, messageIds: inFlight } : error),
      };
    },
    caughtBy: { "limits.queue-full-in-flight": /was reported as dropped, but the API acknowledged it/ },
  },
  {
    id: "batch-above-500",
    does: "Sends as many events at once as are queued, however many that is.",
    how: () => {
      let kept: SentEvent[] = [];
      return {
        async fetch(request, send) {
          kept = [...kept, ...eventsOf(request)];
          if (idsOf(request).length === 500) return answered(202);
          return send(withEvents(request, kept.splice(0)));
        },
      };
    },
    caughtBy: { "limits.batch-size-clamped": /number of requests: expected 3 to 4, got 8/ },
  },
  {
    id: "backlog-in-one-body",
    does: "Waits until a body is large before it sends any of a backlog.",
    how: () => {
      let kept: SentEvent[] = [];
      return {
        async fetch(request, send) {
          kept = [...kept, ...eventsOf(request)];
          if (kept.length < 100) return answered(202);
          return send(withEvents(request, kept.splice(0)));
        },
      };
    },
    caughtBy: { "limits.first-body": /largest body: expected 10000 to 65536/ },
  },
  {
    id: "backlog-in-crumbs",
    does: "Sends a backlog in small bodies, however fast the link is.",
    how: () => ({
      async fetch(request, send) {
        const events = eventsOf(request);
        while (events.length > 10) await send(withEvents(request, events.splice(0, 10)));
        return send(withEvents(request, events));
      },
    }),
    caughtBy: { "limits.later-bodies": /number of requests: expected 4 to 11/ },
  },
  {
    id: "as-large-again",
    does: "Sends as much as before when a link was too slow for it.",
    how: () => {
      let first: SentRequest | undefined;
      return {
        async fetch(request, send) {
          first ??= request;
          const answer = await send(withEvents(request, eventsOf(first)));
          first = undefined;
          return answer;
        },
      };
    },
    caughtBy: { "limits.slow-link": /stored types/ },
  },
  {
    id: "batch-size-ignored",
    does: "Always fills a batch to 500.",
    how: ignoring("maxBatchSize"),
    caughtBy: { "limits.batch-size": /got "signed_in×20"/ },
  },
  {
    id: "batch-bytes-ignored",
    does: "Lets a body grow without limit.",
    how: ignoring("maxBatchBytes"),
    caughtBy: { "limits.batch-bytes": /largest body: expected 3000 to 5000/ },
  },
  {
    id: "batch-bytes-in-characters",
    does: "Counts characters, of up to three bytes each, where bytes are meant.",
    how: withOptions((options) => ({ ...options, maxBatchBytes: Number(options.maxBatchBytes) * 3 })),
    caughtBy: { "limits.batch-bytes-of-text": /largest body: expected 3000 to 5000/ },
  },
  {
    id: "large-event-stuck",
    does: "Never sends an event that is larger than a batch may be, nor anything behind it.",
    how: ({ options }) => ({
      fetch: (request, send) =>
        request.body.length > Number(options.maxBatchBytes)
          ? Promise.reject(new Error("too large to send"))
          : send(request),
    }),
    caughtBy: { "limits.event-above-batch-bytes": /expected 3 requests, the API saw 1/ },
  },
  {
    id: "one-event-a-request",
    does: "Makes a request of every event.",
    how: always({ maxBatchSize: 1 }),
    caughtBy: { "order.burst-shares-a-batch": /expected 1 requests, the API saw 50/ },
  },
  {
    id: "deaf-while-sending",
    does: "Loses what is tracked while a request is under way.",
    how: () => {
      let sending = false;
      return {
        async fetch(request, send) {
          sending = true;
          return send(request).finally(() => {
            sending = false;
          });
        },
        client: ({ track }) => ({ track: (...args) => (sending ? undefined : track(...args)) }),
      };
    },
    caughtBy: { "flush.tracked-meanwhile": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "batch-per-user",
    does: "Makes a batch for each user.",
    how: () => ({
      async fetch(request, send) {
        const users = new Map<unknown, SentEvent[]>();
        for (const event of eventsOf(request))
          users.set(event.external_user_id, [...(users.get(event.external_user_id) ?? []), event]);
        for (const events of users.values())
          await send(withEvents(request, events)).then((answer) => answer.text());
        return answered(202);
      },
    }),
    caughtBy: { "order.users-mixed": /expected 4 requests, the API saw 100/ },
  },
];
