/** Mistakes about what track() takes, refuses and keeps (contract, sections 2 and 5). */
import { withClient } from "../hooks/calls.ts";
import { withOptions } from "../hooks/options.ts";
import { eventsOf, idsOf, withEachEvent, withEvents } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

const NAME = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

export const callMutants: readonly Mutant[] = [
  {
    id: "bad-names-queued",
    does: "Queues whatever it is given as an event name.",
    how: withClient(({ track }) => ({
      track: (userId, name, ...rest) =>
        track(userId, typeof name === "string" && NAME.test(name) ? name : "unnamed", ...rest),
    })),
    caughtBy: {
      "event-name.invalid": /invalid_event_type: missing, expected 13/,
      "event-name.javascript": /invalid_event_type: missing, expected 3/,
    },
  },
  {
    id: "nobody-accepted",
    does: "Takes undefined for a user id.",
    how: withClient(({ track }) => ({ track: (userId, ...rest) => track(String(userId), ...rest) })),
    caughtBy: {
      "user-id.invalid": /errors: expected 9 items, got 7/,
      "user-id.javascript": /types\[0\]: expected "signed_in", got "signed_in×2"/,
    },
  },
  {
    id: "no-snapshot",
    does: "Reads the app's objects when it sends them.",
    how: () => {
      const objects: unknown[] = [];
      const order: string[] = [];
      return {
        client: ({ track }) => ({
          track(...args) {
            objects.push(args[2]);
            return track(...args);
          },
        }),
        fetch(request, send) {
          for (const id of idsOf(request)) if (!order.includes(id)) order.push(id);
          const live = eventsOf(request).map((event) => ({
            ...event,
            properties: objects[order.indexOf(String(event.context.$message_id))] ?? {},
          }));
          return send(live.length > 0 ? withEvents(request, live) : request);
        },
      };
    },
    caughtBy: { "values.snapshot": /total: expected 10, got 99/ },
  },
  {
    id: "bigint-dropped",
    does: "Drops an event because there is a BigInt in it.",
    how: withClient(({ track }) => ({
      track(userId, name, properties, ...rest) {
        const isBig = Object.values(properties ?? {}).some((value) => typeof value === "bigint");
        const toJSON = () => {
          throw new TypeError("BigInt");
        };
        return track(userId, name, isBig ? { toJSON } : properties, ...rest);
      },
    })),
    caughtBy: { "values.javascript": /BigInt/ },
  },
  {
    id: "throws-into-the-app",
    does: "Lets a value that cannot be serialised throw out of track().",
    how: withClient(({ track }) => ({
      track(...args) {
        JSON.stringify(args[2], (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
        return track(...args);
      },
    })),
    caughtBy: { "values.throwing": /a call threw: track: a getter of the app failed/ },
  },
  {
    id: "before-send-failure-sends",
    does: "Sends an event unchanged when beforeSend throws.",
    how: withOptions((options) => ({
      ...options,
      beforeSend(event: object) {
        try {
          return (options.beforeSend as (event: object) => object)(event);
        } catch {
          return event;
        }
      },
    })),
    caughtBy: { "before-send.throws": /before_send_failed: missing, expected 1/ },
  },
  {
    id: "shared-context-wins",
    does: "Lets the context option win over the context of a call.",
    how: withClient(({ track }, { options }) => ({
      track: (userId, name, properties, context) =>
        track(userId, name, properties, { ...(context as object), ...(options.context as object) }),
    })),
    caughtBy: { "context.merged": /region: expected "us", got "eu"/ },
  },
  {
    id: "names-begin-with-a-letter",
    does: "Refuses event names that begin with a digit.",
    how: withClient(({ track }) => ({
      track: (userId, name, ...rest) => track(userId, /^\d/.test(String(name)) ? "" : name, ...rest),
    })),
    caughtBy: { "event-name.valid": /stored types: expected 5 items, got 3/ },
  },
  {
    id: "user-ids-as-numbers",
    does: "Reads a BigInt as a number, which rounds it.",
    how: withClient(({ track }) => ({
      track: (userId, ...rest) =>
        track(typeof userId === "bigint" ? String(Number(userId)) : userId, ...rest),
    })),
    caughtBy: { "user-id.bigint": /external_user_id: expected "9007199254740993"/ },
  },
  {
    id: "text-in-ascii",
    does: "Writes question marks for what is not ASCII.",
    how: withEachEvent(() => (event) => ({
      ...event,
      properties: JSON.parse(JSON.stringify(event.properties).replaceAll(/[^\0-\x7f]/g, "?")),
    })),
    caughtBy: { "values.unicode": /stored properties\[0\]/ },
  },
  {
    id: "circles-emptied",
    does: "Sends an event without its properties when they refer to themselves.",
    how: withClient(({ track }) => ({
      track(userId, name, properties, ...rest) {
        try {
          JSON.stringify(properties);
          return track(userId, name, properties, ...rest);
        } catch {
          return track(userId, name, {}, ...rest);
        }
      },
    })),
    caughtBy: { "values.unserializable": /dropped\.unserializable: expected 4, got 2/ },
  },
  {
    id: "large-event-vanishes",
    does: "Forgets an event of a megabyte, without a word.",
    how: withClient(({ track }) => ({
      track: (...args) => (JSON.stringify(args[2])?.length > 1_000_000 ? undefined : track(...args)),
    })),
    caughtBy: { "values.one-megabyte": /stats: / },
  },
];
