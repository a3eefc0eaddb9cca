/** Mistakes about events on their way: ids, times, headers, endpoint (contract, sections 1 and 2). */
import { withClock } from "../hooks/platform.ts";
import { eventsOf, withEachEvent, withHeaders, withRequests } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

export const eventMutants: readonly Mutant[] = [
  {
    id: "new-id-per-attempt",
    does: "Makes a new message id for every attempt.",
    how: withEachEvent(() => (event) => ({
      ...event,
      context: { ...event.context, $message_id: crypto.randomUUID() },
    })),
    caughtBy: {
      "event.message-id-stable": /duplicates: expected 1, got 0/,
      "retry.answer-lost": /duplicates: expected 2, got 0/,
      "reload.unsent": /stored types: expected 3 items/,
    },
  },
  {
    id: "same-id-for-all",
    does: "Gives all events of a client one message id.",
    how: withEachEvent(() => (event) => ({ ...event, context: { ...event.context, $message_id: "one" } })),
    caughtBy: { "event.message-ids-unique": /carries \S+ twice/ },
  },
  {
    id: "bytes-change",
    does: "Writes the number of the attempt into every event, so that each attempt has other bytes.",
    how: withEachEvent(() => {
      let sent = 0;
      return (event) => ({ ...event, context: { ...event.context, sent: ++sent } });
    }),
    caughtBy: { "event.message-id-stable": /request #1 changed \S+: / },
  },
  {
    id: "wrong-key-header",
    does: "Sends the key in a header of its own invention.",
    how: withHeaders(({ "x-api-key": key = "", ...headers }) => ({ ...headers, "x-whisperr-key": key })),
    caughtBy: { "event.headers": /x-api-key: missing/ },
  },
  {
    id: "wrong-content-type",
    does: "Calls its JSON plain text.",
    how: withHeaders((headers) => ({ ...headers, "content-type": "text/plain" })),
    caughtBy: { "event.headers": /content-type: expected .*got "text\/plain"/ },
  },
  {
    id: "slash-doubled",
    does: "Puts its paths behind whatever ends baseUrl.",
    how: ({ options }) => ({
      fetch: (request, send) =>
        send({ ...request, url: String(options.baseUrl) + new URL(request.url).pathname }),
    }),
    caughtBy: { "event.base-url-trailing-slash": /path: expected .*got "\/\/v1\// },
  },
  {
    id: "singles-to-track",
    does: "Sends a single event to /v1/events/track.",
    how: withRequests((request) => {
      const [event, ...others] = eventsOf(request);
      if (!event || others.length > 0) return request;
      const url = request.url.replace("/v1/events/batch", "/v1/events/track");
      return { ...request, url, body: JSON.stringify(event) };
    }),
    caughtBy: { "event.batch-endpoint-only": /only POST to \/v1\/events\/batch/ },
  },
  {
    id: "time-rounded",
    does: "Rounds a fraction of a millisecond up.",
    how: withClock(Math.round),
    caughtBy: {
      "event.occurred-at-truncated":
        /occurred_at: expected "2026-06-14T12:00:00\.999Z", got "2026-06-14T12:00:01\.000Z"/,
    },
  },
  {
    id: "time-of-sending",
    does: "Dates an event when it is sent.",
    how: withEachEvent(() => (event) => ({ ...event, occurred_at: new Date().toISOString() })),
    caughtBy: {
      "event.occurred-at-of-the-call":
        /occurred_at: expected "2026-06-14T12:00:00\.999Z", got "2026-06-14T12:01:30\.999Z"/,
    },
  },
  {
    id: "time-without-decimals",
    does: "Writes whole seconds.",
    how: withEachEvent(() => (event) => ({
      ...event,
      occurred_at: event.occurred_at.replace(/\.\d+/, ""),
    })),
    caughtBy: { "event.envelope-exact": /occurred_at: expected .*got "2026-06-14T12:00:00Z"/ },
  },
  {
    id: "empty-properties-left-out",
    does: "Leaves properties out when there are none.",
    how: withEachEvent(
      () =>
        ({ properties, ...event }) =>
          Object.keys(properties).length === 0 ? event : { ...event, properties },
    ),
    caughtBy: { "event.properties-empty": /stored properties: expected 4 items, got 0/ },
  },
  {
    id: "library-in-the-envelope",
    does: "Adds a field that the contract does not know.",
    how: withEachEvent(() => (event) => ({ library: "node", ...event })),
    caughtBy: { "event.envelope-exact": /library: not expected/ },
  },
  {
    id: "shared-message-id",
    does: "Lets a $message_id in the context option stand in for its own.",
    how: ({ options }) => {
      const own = (options.context ?? {}) as object;
      return withEachEvent(() => (event) => ({ ...event, context: { ...event.context, ...own } }))({
        options,
      });
    },
    caughtBy: { "context.no-shared-message-id": /carries mine twice/ },
  },
];
