/** Mistakes of client SDKs about who the user is (contract, section 6). */
import { withClient } from "../hooks/calls.ts";
import { ignoring } from "../hooks/options.ts";
import { eventsOf, isIdentify, withEachEvent, withEachIdentify, withEvents } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

export const visitorMutants: readonly Mutant[] = [
  {
    id: "reset-forgets-nobody",
    does: "Flushes at reset(), and goes on with the same visitor and user.",
    how: () => ({ client: ({ flush }) => ({ reset: () => flush() }) }),
    caughtBy: {
      "visitor.new-after-reset": /stored owners\[1\]: expected "visitor 2", got "visitor 1"/,
      "reset.survives-reload": /stored owners\[1\]: expected "visitor 2", got "user_1"/,
    },
  },
  {
    id: "visitor-for-every-page",
    does: "Makes a new anonymous id on every page.",
    how: withEachEvent(() => {
      const visitor = crypto.randomUUID();
      return (event) => ({ ...event, anonymous_id: visitor });
    }),
    caughtBy: { "visitor.survives-reload": /owners/ },
  },
  {
    id: "visitor-not-named",
    does: "Leaves the anonymous id out of identify().",
    how: withEachIdentify(({ anonymous_id: _, ...identify }) => identify),
    caughtBy: { "visitor.promoted": /owners/ },
  },
  {
    id: "user-and-visitor-mixed-up",
    does: "Names the visitor to every user who comes without reset().",
    how: withEachIdentify((identify) => ({ anonymous_id: "somebody", ...identify })),
    caughtBy: {
      "user.another-without-reset": /anonymousIds|owners/,
      "field.visitor-of-one-user": /user_2\.anonymousIds: expected 0 items, got 1/,
    },
  },
  {
    id: "anonymous-id-of-its-own-form",
    does: "Makes anonymous ids that are no UUIDs.",
    how: withEachEvent(() => (event) => ({ ...event, anonymous_id: "visitor-1" })),
    caughtBy: { "visitor.anonymous-id": /anonymous_id: expected .*got "visitor-1"/ },
  },
  {
    id: "visitor-named-once",
    does: "Names the visitor in the first identify, whatever becomes of it.",
    how: () => {
      let named = false;
      return withEachIdentify(({ anonymous_id, ...identify }) => {
        const first = !named;
        named = true;
        return first ? { anonymous_id, ...identify } : identify;
      })({ options: {} });
    },
    caughtBy: { "visitor.promoted-after-all": /anonymous_id: missing/ },
  },
  {
    id: "reset-keeps-the-visitor",
    does: "Forgets the user at reset(), and goes on with the visitor.",
    how: () => {
      let visitor: unknown;
      const known = <Sent extends { anonymous_id?: unknown }>(sent: Sent): Sent => {
        if (sent.anonymous_id === undefined) return sent;
        visitor ??= sent.anonymous_id;
        return { ...sent, anonymous_id: visitor };
      };
      return {
        fetch(request, send) {
          if (!isIdentify(request)) return send(withEvents(request, eventsOf(request).map(known)));
          const identify = JSON.parse(request.body) as { anonymous_id?: unknown };
          return send({ ...request, body: JSON.stringify(known(identify)) });
        },
      };
    },
    caughtBy: {
      "visitor.not-handed-on": /stored owners\[0\]: expected "visitor 1", got "user_1"/,
      "user.reset-then-another": /owners|anonymousIds/,
    },
  },
  {
    id: "reset-drops-the-queue",
    does: "Throws away at reset() what is queued.",
    how: withClient(({ reset, optOut, optIn }) => ({
      reset() {
        optOut?.();
        optIn?.();
        return reset?.();
      },
    })),
    caughtBy: {
      "user.reset-in-an-outage": /stored types: expected 3 items/,
      "reset.flushes": /expected 2 requests, the API saw 0/,
    },
  },
  {
    id: "memory-not-to-choose",
    does: "Stores who the visitor is, whatever the app says.",
    how: ignoring("persistence"),
    caughtBy: { "memory.stores-nobody": /owners\[1\]: expected "visitor 2", got "visitor 1"/ },
  },
  {
    id: "anybody-identified",
    does: "Takes undefined for a user.",
    how: withClient(({ identify }) => ({ identify: (userId, given) => identify(String(userId), given) })),
    caughtBy: { "identify.bad-user": /number of requests: expected 1/ },
  },
  {
    id: "visitor-of-whoever-comes",
    does: "Names the visitor of who was there before to the next user, at the second identify().",
    how: () => {
      const users: unknown[] = [];
      let first: unknown;
      return withEachIdentify((identify) => {
        first ??= identify.anonymous_id;
        const again = users.includes(identify.external_user_id) && identify.external_user_id !== users[0];
        users.push(identify.external_user_id);
        return again ? { ...identify, anonymous_id: first } : identify;
      })({ options: {} });
    },
    caughtBy: { "user.another-identified-twice": /stored owners\[0\]: expected "visitor 1", got "user_2"/ },
  },
];
