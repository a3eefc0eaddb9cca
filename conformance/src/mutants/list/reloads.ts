/** Mistakes of client SDKs about what outlives a page (contract, sections 5 and 7). */
import { answered } from "../hooks/answers.ts";
import { always, byDefault, ignoring } from "../hooks/options.ts";
import { patched, withClock } from "../hooks/platform.ts";
import {
  eventsOf,
  isIdentify,
  type SentEvent,
  withEachEvent,
  withEvents,
  withRequests,
} from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

const LOCAL_BYTES = 65_536;

const byNumberAsText = (a: SentEvent, b: SentEvent): number =>
  String(a.properties.n) < String(b.properties.n) ? -1 : 1;

/** Another mistake on pages that follow another. */
const onLaterPages =
  (how: How): How =>
  (life) => {
    const isLater = sessionStorage.getItem("mutant") !== null;
    sessionStorage.setItem("mutant", "was here");
    return isLater ? how(life) : {};
  };

export const reloadMutants: readonly Mutant[] = [
  {
    id: "stores-nothing",
    does: "Keeps queue and user in memory, where they end with their page.",
    how: always({ persistence: "memory" }),
    caughtBy: {
      "hold.survives-reload": /stored types: expected 2 items, got 1/,
      "reload.outage": /stored properties: expected 2 items, got 0/,
      "reload.refused-key": /stored types: expected 2 items, got 1/,
      "reload.durable": /stored properties: expected 2 items, got 0/,
      "user.survives-reload": /stored owners\[0\]: expected "user_1", got "visitor \d"/,
    },
  },
  {
    id: "newest-first",
    does: "Sends the newest event of a batch first.",
    how: withRequests((request) =>
      isIdentify(request) ? request : withEvents(request, eventsOf(request).reverse()),
    ),
    caughtBy: { "reload.several": /stored properties\[0\]\.n: expected 1, got 2/ },
  },
  {
    id: "order-of-text",
    does: "Reads what it has stored in the order of the alphabet, where 10 comes before 2.",
    how: onLaterPages(
      withRequests((request) =>
        isIdentify(request) ? request : withEvents(request, eventsOf(request).sort(byNumberAsText)),
      ),
    ),
    caughtBy: { "reload.many": /stored properties\[2\]\.n: expected 2, got 10/ },
  },
  {
    id: "order-of-the-clock",
    does: "Reads what it has stored in the order of the times at which it happened.",
    how: onLaterPages(
      withRequests((request) =>
        isIdentify(request)
          ? request
          : withEvents(
              request,
              eventsOf(request).sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1)),
            ),
      ),
    ),
    caughtBy: { "reload.order-of-calls": /stored properties\[0\]\.n: expected 1, got 2/ },
  },
  {
    id: "sent-is-gone",
    does: "Takes events out of the storage when they are sent, whether anybody answers or not.",
    how: () => ({
      async fetch(request, send) {
        void send(request).catch(() => {});
        return answered(202);
      },
    }),
    caughtBy: { "reload.answer-lost": /stored duplicates: expected 2, got 0/ },
  },
  {
    id: "no-lease",
    does: "Sends at once what an earlier page may still have under way.",
    how: onLaterPages(withClock((nowMs) => nowMs + 10_000)),
    caughtBy: { "reload.lease": /early should be pending, but is fulfilled/ },
  },
  {
    id: "doubt-among-others",
    does: "Sends what may have arrived together with what it has not sent yet.",
    how: onLaterPages(
      patched(
        () => Storage.prototype,
        "getItem",
        (get: Storage["getItem"]) =>
          function (this: Storage, key: string) {
            const text = get.call(this, key);
            // As if none of it had been under way, and something else had.
            return text && key.includes(".f.") ? `${text.replace(/\.[^. ]+(?= |$)/g, ".")} id` : text;
          },
      ),
    ),
    caughtBy: { "reload.doubt-alone": /number of requests: expected 3, got 2/ },
  },
  {
    id: "takes-over-everything",
    does: "Bounds what this page queues, and takes over whatever others have left.",
    how: onLaterPages(ignoring("maxQueueSize")),
    caughtBy: { "reload.bounded": /stats\.pending: expected 3, got 8/ },
  },
  {
    id: "waits-until-the-clock-is-there",
    does: "Waits for what an earlier page had under way until the clock shows the time it noted.",
    how: () => {
      const notes = Object.entries(localStorage).filter(([key]) => key.includes(".f."));
      const untilMs = Math.max(0, ...notes.map(([, text]) => Number(text.split(" ")[0])));
      return {
        async fetch(request, send) {
          const leftMs = untilMs - Date.now();
          if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
          return send(request);
        },
      };
    },
    caughtBy: { "reload.clock-set-back": /stored types: expected 1 items, got 0/ },
  },
  {
    id: "users-put-in-by-replace",
    does: "Puts users into stored text with a function for which $& means something else.",
    how: withEachEvent(() => (event) => ({
      ...event,
      external_user_id:
        typeof event.external_user_id === "string" ? "…".replace("…", event.external_user_id) : undefined,
    })),
    caughtBy: {
      "hold.odd-text": /stored owners\[0\]: expected "u\$&/,
      "reload.odd-text": /stored owners\[0\]: expected "u\$&/,
    },
  },
  {
    id: "properties-taken-for-fields",
    does: "Takes what stands in properties under the names of its own fields out of stored text.",
    how: withEachEvent(() => (event) => {
      const { anonymous_id: _a, held: _h, ...properties } = event.properties;
      return { ...event, properties };
    }),
    caughtBy: {
      "hold.odd-text": /properties\[0\]\.anonymous_id: missing/,
      "reload.odd-text": /properties\[0\]\.anonymous_id: missing/,
    },
  },
  {
    id: "stores-little",
    does: "Stores 64 KiB, and tells nobody of the rest.",
    how: () => {
      let stored = 0;
      return patched(
        () => Storage.prototype,
        "setItem",
        (set: Storage["setItem"]) =>
          function (this: Storage, key: string, text: string) {
            stored += text.length;
            if (stored < LOCAL_BYTES) set.call(this, key, text);
          },
      )({ options: {} });
    },
    caughtBy: { "field.long-queue-at-reload": /stored types\[0\]: expected "a×80"/ },
  },
  {
    id: "queue-of-a-server",
    does: "Gives a device the long queue of a server.",
    how: byDefault({ maxQueueSize: 10_000 }),
    caughtBy: { "default.queue-size-in-clients": /stats\.pending: expected 1000, got 1001/ },
  },
  {
    id: "no-delivery-after-opt-in",
    does: "Waits for somebody to flush, on a page that began opted out.",
    how: () => {
      let isBack = false;
      return {
        client: ({ optIn }) => ({
          optIn() {
            isBack = true;
            return optIn?.();
          },
        }),
        setTimeout: (run, delayMs, set) => set(isBack ? () => {} : run, delayMs),
        fetch: (request, send) => (isBack ? Promise.reject(new Error("not now")) : send(request)),
      };
    },
    caughtBy: { "field.opt-in-starts-delivery": /stored types: expected 1 items, got 0/ },
  },
  {
    id: "tried-event-gets-its-user",
    does: "Writes the user into events that were tried as a visitor's.",
    how: () => {
      let user: unknown;
      return {
        client: ({ identify }) => ({
          identify(userId, given) {
            user = userId;
            return identify(userId, given);
          },
        }),
        fetch: (request, send) =>
          send(
            user === undefined || isIdentify(request)
              ? request
              : withEvents(
                  request,
                  eventsOf(request).map(({ anonymous_id: _, ...event }) => ({
                    ...event,
                    external_user_id: user,
                  })),
                ),
          ),
      };
    },
    caughtBy: { "field.tried-before-identify": /changed \S+: / },
  },
];
