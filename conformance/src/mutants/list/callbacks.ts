/** Mistakes about the app's own code and objects inside the SDK, and about what it is told (contract, sections 2, 3, 5 and 7). */
import { withClient } from "../hooks/calls.ts";
import { withOptions } from "../hooks/options.ts";
import { withReports } from "../hooks/reports.ts";
import { eventsOf, idsOf, withEachEvent, withEvents } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

type Edit = (event: object) => object;

interface Details {
  preferredChannel?: unknown;
  channels?: readonly object[] | null;
}

export const callbackMutants: readonly Mutant[] = [
  {
    id: "before-send-at-each-attempt",
    does: "Calls beforeSend when it sends, each time anew, and takes over all that comes back.",
    how: ({ options }) => {
      const { beforeSend, ...others } = options;
      const edit = withEachEvent(() => (event) => (beforeSend as Edit)(event));
      return { ...edit({ options }), options: (given) => ({ ...given, ...others, beforeSend: undefined }) };
    },
    caughtBy: {
      "before-send.once": /request #1 changed \S+:/,
      "before-send.keeps-ids": /request #0 carries forged twice/,
    },
  },
  {
    id: "before-send-for-identifies",
    does: "Shows identifies to beforeSend as well.",
    how: withClient(({ identify }, { options }) => ({
      identify(...args) {
        (options.beforeSend as Edit | undefined)?.({ properties: {} });
        return identify(...args);
      },
    })),
    caughtBy: { "before-send.once": /calls: expected 2, got 3/ },
  },
  {
    id: "before-send-not-awaited",
    does: "Sends an event unchanged when beforeSend answers with a promise.",
    how: withOptions((options) => ({
      ...options,
      beforeSend(event: object) {
        const answer = (options.beforeSend as Edit)(event);
        return answer instanceof Promise ? event : answer;
      },
    })),
    caughtBy: { "before-send.asynchronous": /expected 1 requests, the API saw 2/ },
  },
  {
    id: "on-error-rejection-unhandled",
    does: "Forgets that onError may be asynchronous: what it fails with ends the process.",
    how: () => ({ onError: (error, report) => void report(error) }),
    caughtBy: { "on-error.rejects": /could not be played: the driver ended/ },
  },
  {
    id: "on-error-later",
    does: "Calls onError a little later, when a flush() in it starts everything anew.",
    how: () => ({ onError: (error, report) => queueMicrotask(() => report(error)) }),
    caughtBy: { "on-error.flushes": /number of requests: expected 1 to 7, got \d{2,}/ },
  },
  {
    id: "flushes-in-vain-at-once",
    does: "Hardly waits between flushes that an app asks for whenever it hears that one has failed.",
    how: withOptions((options) => ({ ...options, backoff: { baseMs: 100, maxMs: 100 } })),
    caughtBy: { "on-error.flushes-later": /number of requests: expected 1 to 20, got \d{2,}/ },
  },
  {
    id: "message-id-of-the-call",
    does: "Lets a $message_id in the context of a call stand in for its own.",
    how: () => {
      const given = new Map<string, unknown>();
      const edit = withEachEvent(() => (event) => {
        const $message_id = given.get(event.event_type) ?? event.context.$message_id;
        return { ...event, context: { ...event.context, $message_id } };
      });
      return {
        ...edit({ options: {} }),
        client: ({ track }) => ({
          track(...args) {
            const { $message_id } = Object(args[3]) as { $message_id?: unknown };
            given.set(String(args[1]), $message_id);
            return track(...args);
          },
        }),
      };
    },
    caughtBy: { "context.no-own-message-id": /request #0 carries mine twice/ },
  },
  {
    id: "sms-alone-preferred",
    does: "Knows one channel that can be preferred, and leaves the others out.",
    how: withClient(({ identify }) => ({
      identify(user, details) {
        const { preferredChannel, ...rest } = Object(details) as Details;
        return identify(user, preferredChannel === "sms" ? details : rest);
      },
    })),
    caughtBy: {
      "identify.each-preferred-channel": /request #0 body\.preferred_channel: missing, expected "email"/,
    },
  },
  {
    id: "null-is-opted-out",
    does: "Takes a channel whose optedIn is null for one that is opted out.",
    how: withClient(({ identify }) => ({
      identify(user, details) {
        const { channels, ...rest } = Object(details) as Details;
        const changed = channels?.map((one) => ({
          ...one,
          optedIn: (one as { optedIn?: unknown }).optedIn ?? false,
        }));
        return identify(user, { ...rest, ...(changed && { channels: changed }) });
      },
    })),
    caughtBy: { "channels.null-is-not-given": /opted_in: expected true, got false/ },
  },
  {
    id: "shallow-copy",
    does: "Copies the app's objects, and not the objects inside them.",
    how: () => {
      const copies: object[] = [];
      const order: string[] = [];
      return {
        client: ({ track }) => ({
          track(...args) {
            copies.push({ ...(args[2] as object) });
            return track(...args);
          },
        }),
        fetch(request, send) {
          for (const id of idsOf(request)) if (!order.includes(id)) order.push(id);
          const events = eventsOf(request).map((event) => ({
            ...event,
            properties: copies[order.indexOf(String(event.context.$message_id))] ?? {},
          }));
          return send(events.length > 0 ? withEvents(request, events) : request);
        },
      };
    },
    caughtBy: { "values.snapshot-of-nested": /total: expected 10, got 99/ },
  },
  {
    id: "auth-without-count",
    does: "Does not say how many operations a refused key holds up.",
    how: withReports(({ count, ...error }) =>
      error.type === "auth" || count === undefined ? error : { ...error, count },
    ),
    caughtBy: { "auth.flush-resumes": /errors\[0\]\.count: missing, expected 3/ },
  },
  {
    id: "too-large-without-ids",
    does: "Does not say which event was too large.",
    how: withReports(({ messageIds, ...error }) =>
      error.reason === "too_large" || messageIds === undefined ? error : { ...error, messageIds },
    ),
    caughtBy: { "too-large.single-event": /errors\[0\]\.messageIds: missing/ },
  },
];
