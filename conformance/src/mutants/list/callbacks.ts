/** Mistakes about the app's own code inside the SDK, and about what is null or given twice (contract, sections 2, 3, 5 and 7). */
import { withClient } from "../hooks/calls.ts";
import { withOptions } from "../hooks/options.ts";
import { withEachEvent } from "../hooks/requests.ts";
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
];
