/** Mistakes of client SDKs about the push token of their device (contract, section 6). */
import { answered, taking } from "../hooks/answers.ts";
import { calling } from "../hooks/calls.ts";
import { isIdentify, optsOut, type SentIdentify, withEachIdentify } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

/** Keeps what `reset()` should forget. */
const tokenSurvivesReset = calling(({ reset, setPushToken }) => {
  let latest: unknown;
  return {
    setPushToken(token, settings) {
      latest = token;
      setPushToken(token, settings);
    },
    reset() {
      const flushed = reset();
      setPushToken(latest);
      return flushed;
    },
  };
});

export const pushMutants: readonly Mutant[] = [
  {
    id: "token-details-lost",
    does: "Leaves out what kind of token it is.",
    how: withEachIdentify(({ channels, ...identify }) => ({
      ...identify,
      channels: channels?.map(({ kind: _k, platform: _p, push_env: _e, ...channel }) => channel),
    })),
    caughtBy: { "push.details": /channels\[0\]\.kind: missing/ },
  },
  {
    id: "blank-token-taken",
    does: "Takes a blank token for one that replaces the token before.",
    how: calling(({ identify, setPushToken }) => ({
      identify(userId, details) {
        identify(userId, details);
        if (typeof (details as { pushToken?: string } | undefined)?.pushToken === "string")
          setPushToken("blank");
      },
    })),
    caughtBy: { "push.blank-through-identify": /./ },
  },
  {
    id: "refused-token-believed",
    does: "Believes that a token is registered although the server refused it.",
    how: taking((status) => status === 400 || status === 422, 202),
    caughtBy: {
      "push.switch-refused": /number of requests: expected 3, got 4/,
      "push.dropped-is-forgotten": /expected 3 requests, the API saw 2/,
    },
  },
  {
    id: "token-once-for-ever",
    does: "Never sends a token again that was sent once, whatever took its place.",
    how: calling(({ setPushToken }) => {
      const known = new Set<unknown>();
      return {
        setPushToken(token) {
          if (!known.has(token)) setPushToken(token);
          known.add(token);
        },
      };
    }),
    caughtBy: {
      "push.back-and-forth": /expected 4 requests, the API saw 3/,
      "push.same-for-the-next-user": /user_2\.channels: expected 1 items, got 0/,
    },
  },
  {
    id: "token-ignored-while-denied",
    does: "Does not look at tokens that come while notifications are denied.",
    how: calling(({ setPushToken, setPushPermission }) => {
      let denied = false;
      return {
        setPushToken: (token) => (denied ? undefined : setPushToken(token)),
        setPushPermission(word) {
          denied = word === "denied";
          setPushPermission(word);
        },
      };
    }),
    caughtBy: { "push.change-while-denied": /address: expected "token_2", got "token_1"/ },
  },
  {
    id: "identify-grants",
    does: "Sends a token that comes through identify() although notifications are denied.",
    how: calling(({ identify, setPushPermission }) => ({
      identify(...args) {
        setPushPermission("granted");
        identify(...args);
      },
    })),
    caughtBy: { "push.denied-through-identify": /channels: expected no such key/ },
  },
  {
    id: "denied-until-reload",
    does: "Forgets on the next page that notifications are denied.",
    how: calling(({ setPushPermission }) => {
      setPushPermission("granted");
      return {};
    }),
    caughtBy: { "push.denied-survives-reload": /./ },
  },
  {
    id: "reset-forgets-denial",
    does: "Takes reset() for leave to send notifications to the next user.",
    how: calling(({ reset, setPushPermission }) => ({
      reset() {
        const flushed = reset();
        setPushPermission("granted");
        return flushed;
      },
    })),
    caughtBy: { "push.reset-keeps-denial": /expected 4 requests, the API saw 5/ },
  },
  {
    id: "reset-keeps-token",
    does: "Hands the token of who left on to the user who comes.",
    how: tokenSurvivesReset,
    caughtBy: {
      "push.reset-before-identify": /channels: expected no such key/,
      "push.reset-silent": /channels: expected no such key/,
      "push.reset-forgets": /channels: expected no such key/,
      "consent.token-after-reset": /channels: expected no such key/,
    },
  },
  {
    id: "reset-opts-in",
    does: "Takes reset() for an optIn().",
    how: calling(({ reset, optIn }) => ({
      reset() {
        optIn();
        return reset();
      },
    })),
    caughtBy: { "consent.reset-keeps-opt-out": /number of requests: expected 0/ },
  },
  {
    id: "opt-out-of-token-twice",
    does: "Opts a token out twice.",
    how: () => ({
      async fetch(request, send) {
        if (isIdentify(request) && optsOut(JSON.parse(request.body) as SentIdentify)) await send(request);
        return send(request);
      },
    }),
    caughtBy: { "consent.token-out-once": /expected 3 requests, the API saw 4/ },
  },
  {
    id: "unsent-token-opted-out",
    does: "Opts a token out that the server was never told of.",
    how: calling(({ flush, optOut }) => ({
      optOut: () => void flush().then(() => optOut()),
    })),
    caughtBy: { "consent.token-of-nobody": /number of requests: expected 0/ },
  },
  {
    id: "doubtful-token-not-opted-out",
    does: "Opts out the token it is sure of alone, not the one whose registration was under way.",
    how: () => {
      let latest: unknown;
      return withEachIdentify((identify) => {
        const { channels = [] } = identify;
        const own = channels.find(({ opted_in }) => opted_in === true);
        if (own) latest = own.address;
        if (channels.length < 2 || !optsOut(identify)) return identify;
        return { ...identify, channels: channels.filter(({ address }) => address !== latest) };
      })({ options: {} });
    },
    caughtBy: { "consent.token-under-way": /optedIn: expected false, got true/ },
  },
  {
    id: "authorized-unknown",
    does: "Does not know the word that some platforms have for granted.",
    how: calling(({ setPushPermission }) => ({
      setPushPermission: (word) => (word === "authorized" ? undefined : setPushPermission(word)),
    })),
    caughtBy: { "push.authorized": /expected 4 requests, the API saw 3/ },
  },
  {
    id: "unknown-word-grants",
    does: "Takes every permission but denied for granted.",
    how: calling(({ setPushPermission }) => ({
      setPushPermission: (word) => setPushPermission(word === "denied" ? word : "granted"),
    })),
    caughtBy: { "push.unknown-words": /expected 3 requests, the API saw 4/ },
  },
  {
    id: "out-entry-says-more",
    does: "Says what a token is while it opts it out.",
    how: withEachIdentify(({ channels, ...identify }) => ({
      ...identify,
      channels: channels?.map((channel) =>
        channel.opted_in === false ? { ...channel, kind: "fcm" } : channel,
      ),
    })),
    caughtBy: { "push.out-entry": /channels\[0\]\.kind: not expected/ },
  },
  {
    id: "explicit-token-beside-the-old-one",
    does: "Leaves the old token opted in when the new one is an explicit channel.",
    how: withEachIdentify(({ channels, ...identify }) => ({
      ...identify,
      channels: channels?.some(({ channel }) => channel === "email")
        ? channels.filter(({ opted_in }) => opted_in)
        : channels,
    })),
    caughtBy: { "push.explicit-channel": /channels: expected 3 items, got 2/ },
  },
  {
    id: "token-follows-the-user",
    does: "Moves the token to whoever is identified.",
    how: calling(({ identify, setPushToken }) => {
      let latest: unknown;
      return {
        setPushToken(token) {
          latest = token;
          setPushToken(token);
        },
        identify(...args) {
          identify(...args);
          setPushToken(latest);
        },
      };
    }),
    caughtBy: {
      "push.stays-with-its-user": /expected 4 requests, the API saw 6/,
      "push.denied-under-its-user": /expected 4 requests, the API saw \d/,
      "consent.token-of-its-user": /expected 4 requests, the API saw \d/,
    },
  },
  {
    id: "token-of-two-people",
    does: "Registers a token for a second user beside the first.",
    how: () => ({
      async fetch(request, send) {
        const isOut = isIdentify(request) && optsOut(JSON.parse(request.body) as SentIdentify);
        return isOut ? answered(202) : send(request);
      },
    }),
    caughtBy: {
      "push.moves": /expected 5 requests, the API saw 4/,
      "consent.token-that-moves": /optedIn: expected false, got true/,
    },
  },
  {
    id: "opt-in-registers",
    does: "Registers the token again when its user opts in.",
    how: calling(({ optIn, setPushToken }) => {
      let latest: unknown;
      return {
        setPushToken(token) {
          latest = token;
          setPushToken(token);
        },
        optIn() {
          optIn();
          setPushToken(latest);
        },
      };
    }),
    caughtBy: {
      "consent.opt-in-silent": /number of requests: expected 3, got 4/,
      "consent.token-set-while-out": /channels: expected no such key/,
    },
  },
];
