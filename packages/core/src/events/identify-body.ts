/** The body of `POST /v1/identify`: only what the app gave, checked before it is queued. */

import { ownOptions } from "../attempt.ts";
import { checkNames, mustFit } from "../development.ts";
import type { Names } from "../unknown-names.ts";
import type { Channel, ChannelType } from "./channel.ts";
import { asRefusal, type Refusal } from "./refusal.ts";
import { type EventRules, validated } from "./schemas.ts";
import { isText, NON_BLANK, objectToJson, stringify } from "./snapshot.ts";

/** What `identify()` takes beside the user. */
export interface IdentifyOptions {
  /** An email address: short for one opted-in email channel. */
  readonly email?: string | null | undefined;
  /** A phone number: short for one opted-in sms channel. */
  readonly phone?: string | null | undefined;
  /** A device token: short for one opted-in push channel. */
  readonly pushToken?: string | null | undefined;
  /** Facts about the user; merged into what the server knows. */
  readonly traits?: object | null | undefined;
  /** Every channel of the user. Given, it replaces the three shortcuts. */
  readonly channels?: readonly Channel[] | null | undefined;
  /** The channel that messages should use first. */
  readonly preferredChannel?: ChannelType | null | undefined;
}

/** A channel as it travels. */
export interface WireChannel {
  readonly channel: string;
  readonly address: string;
  readonly opted_in: boolean;
  readonly verified?: boolean;
  readonly kind?: string;
  readonly platform?: string;
  readonly push_env?: string;
}

/** An identify as it travels. */
export interface IdentifyBody {
  external_user_id: string;
  anonymous_id?: string;
  traits?: Record<string, unknown>;
  preferred_channel?: string;
  channels?: readonly WireChannel[] | undefined;
}

/** Of an operation that identifies, or the batch that carries it. */
export const bodyOf = ({ body }: { readonly body: string }) => JSON.parse(body) as IdentifyBody;

const REASON = "invalid_channels";

/** Shortcuts, each with its channel. */
const SHORTCUTS = { email: "email", phone: "sms", pushToken: "push" };
const TYPES: readonly unknown[] = Object.values(SHORTCUTS);

/**
 * What is not usable is left out, and reported by name; where nothing else is left, or where nobody hears of it, that is thrown as a
 * Refusal.
 */
export function identifyBody(userId: string, options: unknown, rules?: EventRules): string {
  const given = ownOptions((options ?? {}) as Record<string, unknown>);
  const isObject = typeof given === "object" && !Array.isArray(options);
  const rule = "an object like { email, traits }";
  mustFit(isObject, "invalid_traits", "identify's second argument", rule, options);
  checkNames(
    given,
    {
      email: true,
      phone: true,
      pushToken: true,
      traits: true,
      channels: true,
      preferredChannel: true,
    } satisfies Names<IdentifyOptions>,
    "identify()",
    // Once of each name.
    rules?.warn,
    (name) => `traits: { ${name} }`,
  );
  const traits = objectToJson(rules ? validated(rules, given.traits) : given.traits, "traits", rules);
  const hasTraits = traits !== "{}";
  const refused: Refusal[] = [];
  // What is wrong with one costs that one.
  const usable: Usable = (make) => {
    try {
      return make();
    } catch (thrown) {
      refused.push(asRefusal(thrown));
      return undefined;
    }
  };
  const preferred_channel = usable(() => oneOf(TYPES, given.preferredChannel, "preferredChannel"));
  const channels = (usable(() => wireChannels(given, usable, rules)) ?? []).filter(Boolean);
  const isEmpty = !hasTraits && preferred_channel === undefined && channels.length === 0;
  for (const refusal of refused) {
    if (isEmpty || !rules) throw refusal;
    rules.warn("", `identify() goes without this: ${refusal.message}.`, REASON);
  }
  return stringify({
    external_user_id: userId,
    traits: hasTraits ? JSON.parse(traits) : undefined,
    preferred_channel,
    channels: channels.length > 0 ? channels : undefined,
  });
}

/** What it makes, or undefined where that throws. */
type Usable = <Made>(make: () => Made) => Made | undefined;

function wireChannels(
  given: Record<string, unknown>,
  usable: Usable,
  rules: EventRules | undefined,
): (object | undefined)[] {
  const channels = given.channels ?? undefined;
  if (channels === undefined)
    return Object.entries(SHORTCUTS).map(([name, type]) => {
      const address = given[name] ?? "";
      const isBlank = typeof address === "string" && !isText(address);
      return isBlank ? undefined : usable(() => wireChannel({ type, address }, name, rules));
    });
  mustFit(Array.isArray(channels), REASON, "channels", "an array", channels);
  // A list of our own: the map() of a subclass of Array could return anything. Not by Array.from(), for which old libraries have their own.
  return [...channels].map((entry, index) => usable(() => wireChannel(entry, `channels[${index}]`, rules)));
}

function wireChannel(entry: unknown, where: string, rules: EventRules | undefined): object {
  const given = ownOptions(Object(entry) as Record<string, unknown>);
  const field = (name: string, ...allowed: readonly unknown[]) =>
    oneOf(allowed, given[name], `${name} of ${where}`);
  const { address, type: channel, opted_in } = given;
  mustFit(isText(address), REASON, `address of ${where}`, NON_BLANK, address);
  mustFit(TYPES.includes(channel), REASON, `type of ${where}`, TYPES, channel);
  // As it travels, and as other SDKs have it: a "no" must not be taken for nothing.
  mustFit(opted_in === undefined, REASON, `opted_in of ${where}`, "written optedIn", opted_in);
  checkNames(
    given,
    {
      type: true,
      address: true,
      optedIn: true,
      verified: true,
      kind: true,
      platform: true,
      pushEnv: true,
    } satisfies Names<Channel>,
    where,
    rules?.warn,
  );
  return {
    channel,
    address,
    opted_in: field("optedIn", true, false) ?? true,
    verified: field("verified", true, false),
    ...(channel === "push" && {
      kind: field("kind", "apns", "fcm", "expo"),
      platform: field("platform", "ios", "android", "web"),
      push_env: field("pushEnv", "sandbox", "production"),
    }),
  };
}

/** The value, which must be one of those allowed; undefined when it is not given (undefined or null). */
function oneOf(allowed: readonly unknown[], given: unknown, what: string): unknown {
  const value = given ?? undefined;
  const fits = value === undefined || allowed.includes(value);
  mustFit(fits, REASON, what, allowed, value);
  return value;
}
