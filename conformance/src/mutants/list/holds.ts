/** Mistakes of client SDKs about events that wait for their user (contract, section 6). */
import { answered } from "../hooks/answers.ts";
import { withClient } from "../hooks/calls.ts";
import { ignoring, withOptions } from "../hooks/options.ts";
import { isIdentify, withEachEvent } from "../hooks/requests.ts";
import type { Mutant, SentRequest } from "../mutant.ts";

export const holdMutants: readonly Mutant[] = [
  {
    id: "hold-ignored",
    does: "Sends the events of visitors, whatever the app says.",
    how: ignoring("anonymousEvents"),
    caughtBy: { "hold.waits": /number of requests: expected 0, got 1/ },
  },
  {
    id: "held-without-bound",
    does: "Bounds what waits to be sent, and not what waits for its user.",
    how: withOptions(({ maxQueueSize, ...options }) =>
      options.anonymousEvents === "hold" ? options : { ...options, maxQueueSize },
    ),
    caughtBy: { "hold.bounded": /stats\.pending: expected 3, got 5/ },
  },
  {
    id: "held-behind-the-identify",
    does: "Sends what was held behind the identify that released it.",
    how: () => {
      let held: SentRequest | undefined;
      return {
        async fetch(request, send) {
          if (!held && !isIdentify(request)) {
            held = request;
            return answered(202);
          }
          const answer = await send(request);
          if (held && isIdentify(request)) await send(held).then((other) => other.text());
          return answer;
        },
      };
    },
    caughtBy: { "hold.filled-by-identify": /was not called after what arrived before it/ },
  },
  {
    id: "held-dated-at-the-release",
    does: "Dates what was held when it is released.",
    how: withEachEvent(() => (event) => ({ ...event, occurred_at: new Date().toISOString() })),
    caughtBy: { "hold.own-time": /occurredAt\[0\]: expected "2026-06-14T12:00:00\.999Z"/ },
  },
  {
    id: "held-outlives-the-opt-out",
    does: "Brings back at optIn() what was held when the user opted out.",
    how: withClient(({ track, optIn }) => {
      const held: unknown[][] = [];
      return {
        track(...args) {
          held.push(args);
          return track(...args);
        },
        optIn() {
          const done = optIn?.();
          for (const args of held) track(...args);
          return done;
        },
      };
    }),
    caughtBy: { "hold.gone-with-opt-out": /stored types: expected 1 items, got 3/ },
  },
  {
    id: "held-for-whoever-comes",
    does: "Keeps at reset() what was held, for the next person.",
    how: withClient(({ track, reset }) => {
      const held: unknown[][] = [];
      return {
        track(...args) {
          held.push(args);
          return track(...args);
        },
        reset() {
          const done = reset?.();
          for (const args of held) track(...args);
          return done;
        },
      };
    }),
    caughtBy: { "hold.gone-with-reset": /stored types: expected 1 items, got 3/ },
  },
  {
    id: "opt-out-behind-held",
    does: "Says that a token is opted out behind what is held, once there is a user.",
    how: withClient(({ track, identify, setPushPermission }) => {
      let isHolding = false;
      let waiting: unknown[] | undefined;
      return {
        track(...args) {
          isHolding = true;
          return track(...args);
        },
        setPushPermission(...args) {
          if (isHolding) waiting = args;
          else setPushPermission?.(...args);
        },
        identify(...args) {
          isHolding = false;
          const done = identify(...args);
          if (waiting) setPushPermission?.(...waiting);
          return done;
        },
      };
    }),
    caughtBy: { "hold.lets-opt-out-pass": /number of requests: expected 3, got 2/ },
  },
];
