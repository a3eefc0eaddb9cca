/** Mistakes about identify() and what it sends (contract, section 3). */
import { withClient } from "../hooks/calls.ts";
import { withEachIdentify } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

type Channel = Record<string, unknown>;

const withEachChannel = (edit: (channel: Channel) => Channel) =>
  withEachIdentify(({ channels, ...identify }) =>
    channels ? { ...identify, channels: channels.map(edit) } : identify,
  );

export const identifyMutants: readonly Mutant[] = [
  {
    id: "empty-traits-sent",
    does: "Sends traits that are empty.",
    how: withEachIdentify((identify) => ({ traits: {}, ...identify })),
    caughtBy: { "identify.minimal": /body\.traits: not expected/ },
  },
  {
    id: "opted-in-left-out",
    does: "Sends opted_in only when it is false.",
    how: withEachChannel(({ opted_in, ...channel }) =>
      opted_in === true ? channel : { ...channel, opted_in },
    ),
    caughtBy: { "channels.opted-in-and-verified": /opted_in: missing, expected true/ },
  },
  {
    id: "verified-made-up",
    does: "Calls an address unverified that the app said nothing about.",
    how: withEachChannel((channel) => ({ verified: false, ...channel })),
    caughtBy: { "channels.opted-in-and-verified": /verified: not expected, got false/ },
  },
  {
    id: "channel-called-type",
    does: "Sends a channel under the name that the public API has for it.",
    how: withEachChannel(({ channel: type, ...rest }) => ({ type, ...rest })),
    caughtBy: { "channels.shortcuts": /channel: missing, expected "email"/ },
  },
  {
    id: "shortcuts-beside-channels",
    does: "Adds the shortcuts to the channels that should replace them.",
    how: withClient(({ identify }) => ({
      identify(userId, given) {
        const { channels, email, phone } = given as {
          channels?: unknown[];
          email?: string;
          phone?: string;
        };
        if (!channels) return identify(userId, given);
        const shortcuts = [
          { type: "email", address: email },
          { type: "sms", address: phone },
        ];
        return identify(userId, { ...(given as object), channels: [...channels, ...shortcuts] });
      },
    })),
    caughtBy: { "channels.explicit-replace-shortcuts": /channels: expected 1 items, got 3/ },
  },
  {
    id: "traits-of-the-server",
    does: "Adds the server's time zone to the traits of a user.",
    how: withEachIdentify(({ traits, ...identify }) => ({
      ...identify,
      traits: { timezone: "Europe/Berlin", ...traits },
    })),
    caughtBy: {
      "identify.minimal": /body\.traits: not expected/,
      "identify.no-device": /timezone: not expected/,
    },
  },
  {
    id: "bound-identify-empty",
    does: "Forgets what identify() is given when it is called for a bound user.",
    how: withClient(({ forUser }) => ({
      forUser(userId) {
        const user = forUser?.(userId);
        if (!user) throw new Error("this SDK has no forUser()");
        return { ...user, identify: () => user.identify() };
      },
    })),
    caughtBy: { "user-id.for-user": /channels: missing/ },
  },
  {
    id: "push-details-left-out",
    does: "Leaves out what kind of push channel it is.",
    how: withEachChannel(({ kind: _k, platform: _p, push_env: _e, ...channel }) => channel),
    caughtBy: { "channels.push-details": /channels\[0\]\.kind: missing/ },
  },
  {
    id: "always-opted-in",
    does: "Calls every channel opted in.",
    how: withEachChannel((channel) => ({ ...channel, opted_in: true })),
    caughtBy: { "channels.constructors": /channels\[0\]\.opted_in: expected false, got true/ },
  },
  {
    id: "bad-channels-left-out",
    does: "Sends an identify without the channels that make no sense.",
    how: withClient(({ identify }) => ({ identify: (userId) => identify(userId) })),
    caughtBy: { "channels.invalid": /dropped\.invalid_channels: missing, expected 7/ },
  },
  {
    id: "bad-channel-costs-all",
    does: "Drops a whole identify for one channel of it that makes no sense.",
    how: withClient(({ identify }) => ({
      identify(userId, details) {
        const { channels } = Object(details) as { channels?: { type?: unknown; address?: unknown }[] };
        const bad = Array.isArray(channels) && channels.find((one) => one?.type === "fax");
        return identify(userId, bad ? { channels: [bad] } : details);
      },
    })),
    caughtBy: { "channels.one-bad": /dropped\.invalid_channels|requests/ },
  },
  {
    id: "preferred-channel-left-out",
    does: "Forgets the preferred channel.",
    how: withEachIdentify(({ preferred_channel: _, ...identify }) => identify),
    caughtBy: { "identify.traits-and-preferred-channel": /preferred_channel: missing/ },
  },
  {
    id: "latest-identify-only",
    does: "Sends the latest of several identifies, and loses the traits of the others.",
    how: withClient(({ identify }) => {
      let latest: unknown[] | undefined;
      return {
        identify(...args) {
          if (!latest) queueMicrotask(() => identify(...((latest ?? []) as unknown[])));
          latest = args;
        },
      };
    }),
    caughtBy: { "identify.traits-merge": /./ },
  },
  {
    id: "bad-traits-left-out",
    does: "Sends an identify without traits that are no object.",
    how: withClient(({ identify }) => ({
      identify(userId, given) {
        const { traits } = Object(given) as { traits?: unknown };
        return identify(userId, Array.isArray(traits) || typeof traits === "string" ? {} : given);
      },
    })),
    caughtBy: { "identify.invalid-traits": /dropped\.invalid_traits: expected 3, got 1/ },
  },
];
