/** Mistakes of client SDKs about registering a push token, and taking it back (contract, section 6). */
import { answered } from "../hooks/answers.ts";
import { calling } from "../hooks/calls.ts";
import { isIdentify, optsOut, type SentIdentify, withEachIdentify } from "../hooks/requests.ts";
import type { Mutant, SentRequest } from "../mutant.ts";

export const tokenMutants: readonly Mutant[] = [
  {
    id: "token-with-all-it-knows",
    does: "Sends the user's traits along with a token.",
    how: withEachIdentify((identify) =>
      identify.channels?.some(({ channel }) => channel === "push")
        ? { ...identify, traits: { plan: "pro", ...identify.traits } }
        : identify,
    ),
    caughtBy: { "push.with-user": /body\.traits: not expected/ },
  },
  {
    id: "half-moved-token-forgotten",
    does: "Opts a token out for the user of the moment alone, though it was just being taken from another.",
    how: () => {
      let user: unknown;
      let isOut = false;
      return {
        client: ({ identify, optOut }) => ({
          identify(userId, details) {
            user = userId;
            return identify(userId, details);
          },
          optOut() {
            isOut = true;
            return optOut?.();
          },
        }),
        async fetch(request, send) {
          const { external_user_id } = JSON.parse(request.body) as SentIdentify;
          return isOut && external_user_id !== user ? answered(202) : send(request);
        },
      };
    },
    caughtBy: { "consent.token-moving-under-way": /optedIn: expected false, got true/ },
  },
  {
    id: "token-needs-a-user",
    does: "Forgets a token that comes before its user.",
    how: calling(({ identify, setPushToken }) => {
      let known = false;
      return {
        identify(...args) {
          known = true;
          identify(...args);
        },
        setPushToken: (...args) => (known ? setPushToken(...args) : undefined),
      };
    }),
    caughtBy: { "push.before-identify": /channels: expected 2 items, got 1/ },
  },
  {
    id: "token-sent-each-time",
    does: "Sends a token as often as it is set.",
    how: () => {
      let sends: (() => unknown) | undefined;
      let waiting = 0;
      return {
        async fetch(request, send) {
          const { channels = [] } = (isIdentify(request) ? JSON.parse(request.body) : {}) as SentIdentify;
          if (!channels.some(({ channel }) => channel === "push")) return send(request);
          sessionStorage.setItem("mutant", JSON.stringify({ ...request, signal: undefined }));
          sends = () => send({ ...request, signal: null }).then((answer) => answer.text());
          for (; waiting > 1; waiting--) await sends();
          return send(request);
        },
        client: ({ setPushToken }) => ({
          setPushToken(...args) {
            waiting++;
            setPushToken?.(...args);
            const earlier = sessionStorage.getItem("mutant");
            if (sends) sends();
            else if (earlier !== null) {
              const { url, ...init } = JSON.parse(earlier) as SentRequest;
              void fetch(url, init).then((answer) => answer.text());
            }
          },
        }),
      };
    },
    caughtBy: {
      "push.same-again": /expected 3 requests, the API saw 4/,
      "push.same-after-reload": /number of requests: expected 2, got 3/,
      "push.same-while-queued": /number of requests: expected 2, got 3/,
    },
  },
  {
    id: "latest-token-known",
    does: "Does not send a token that it knows to be registered, whatever was under way since.",
    how: () => {
      let known: unknown;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          const { channels = [] } = JSON.parse(request.body) as SentIdentify;
          const own = channels.find(({ opted_in }) => opted_in === true);
          if (answer.ok && own) known = own.address;
          return answer;
        },
        client: ({ setPushToken }) => ({
          setPushToken: (token) => (token === known ? undefined : setPushToken?.(token)),
        }),
      };
    },
    caughtBy: { "push.refused-in-doubt": /optedIn: expected true, got false/ },
  },
  {
    id: "old-token-stays",
    does: "Registers another token and leaves the old one registered.",
    how: withEachIdentify((identify) =>
      optsOut(identify)
        ? identify
        : { ...identify, channels: identify.channels?.filter(({ opted_in }) => opted_in !== false) },
    ),
    caughtBy: {
      "push.another-token": /channels: expected 2 items, got 1/,
      "push.another-through-identify": /channels: expected 2 items, got 1/,
    },
  },
  {
    id: "blank-token-registered",
    does: "Registers a token of blanks.",
    how: calling(({ setPushToken }) => ({
      setPushToken: (token) => setPushToken(String(token).trim() || "blank"),
    })),
    caughtBy: { "push.blank": /number of requests: expected 1/ },
  },
  {
    id: "denial-unheard",
    does: "Leaves the token registered when notifications are denied.",
    how: calling(() => ({ setPushPermission: () => {} })),
    caughtBy: { "push.denied": /expected 3 requests, the API saw 2/ },
  },
  {
    id: "token-grants",
    does: "Sends a new token although notifications are denied.",
    how: calling(({ setPushToken, setPushPermission }) => ({
      setPushToken(...args) {
        setPushPermission("granted");
        setPushToken(...args);
      },
    })),
    caughtBy: { "push.denied-holds": /number of requests: expected 1, got 2/ },
  },
  {
    id: "denied-for-ever",
    does: "Never opts a token back in that was denied once.",
    how: calling(({ setPushPermission }) => ({
      setPushPermission: (word) => (word === "denied" ? setPushPermission(word) : undefined),
    })),
    caughtBy: {
      "push.granted": /expected 4 requests, the API saw 3/,
      "push.provisional": /expected 4 requests, the API saw 3/,
    },
  },
  {
    id: "move-ends-halfway",
    does: "Opts a token out for the user it was sent for, and waits for the next call to register it for the new one.",
    how: () => {
      let user: unknown;
      return {
        async fetch(request, send) {
          const identify = (isIdentify(request) ? JSON.parse(request.body) : {}) as SentIdentify;
          const moves = user !== undefined && identify.external_user_id !== user;
          const registers = identify.channels?.some(({ opted_in }) => opted_in === true);
          if (moves && registers) return answered(202);
          if (optsOut(identify)) user = identify.external_user_id;
          return send(request);
        },
      };
    },
    caughtBy: {
      "push.moves-at-once": /user_2\.channels: expected 1 items, got 0/,
      "push.moves-with-identify": /user_2/,
    },
  },
];
