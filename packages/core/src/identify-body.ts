/** The body of `POST /v1/identify` (contract, section 3): only what the app gave, checked before it is queued. */
import type { Channel, ChannelType } from "./channel.ts";
import { objectToJson, Refusal, toJson } from "./json.ts";

/** What `identify()` takes beside the user. */
export interface IdentifyOptions {
  /** Shortcut for an opted-in email channel. */
  readonly email?: string | null | undefined;
  /** Shortcut for an opted-in sms channel. */
  readonly phone?: string | null | undefined;
  /** Shortcut for an opted-in push channel. */
  readonly pushToken?: string | null | undefined;
  /** Facts about the user; merged into what the server knows. */
  readonly traits?: object | null | undefined;
  /** Given, they replace the three shortcuts. */
  readonly channels?: readonly Channel[] | null | undefined;
  /** The channel to prefer for interventions. */
  readonly preferredChannel?: ChannelType | null | undefined;
}

const CHANNEL_TYPES: readonly unknown[] = ["email", "sms", "push"];
const KINDS: readonly unknown[] = ["apns", "fcm", "expo"];
const PLATFORMS: readonly unknown[] = ["ios", "android", "web"];
const PUSH_ENVS: readonly unknown[] = ["sandbox", "production"];

/** Throws a Refusal that names the part which is not usable. */
export function identifyBody(userId: string, options: unknown): string {
  if (options !== undefined && options !== null && (typeof options !== "object" || Array.isArray(options))) {
    throw new Refusal(
      "invalid_traits",
      "the second argument of identify() must be an object such as { email, traits }",
    );
  }
  const { email, phone, pushToken, traits, channels, preferredChannel } = (options ?? {}) as Record<
    string,
    unknown
  >;
  const traitsJson = objectToJson(traits, "traits", "invalid_traits");
  const wireChannels =
    given(channels) === undefined
      ? [
          shortcut("email", email, "email"),
          shortcut("sms", phone, "phone"),
          shortcut("push", pushToken, "pushToken"),
        ]
      : explicit(channels);
  const preferred = oneOf(preferredChannel, CHANNEL_TYPES, "preferredChannel");
  const sent = wireChannels.filter((entry) => entry !== undefined);

  let body = `{"external_user_id":${JSON.stringify(userId)}`;
  if (traitsJson !== "{}") body += `,"traits":${traitsJson}`;
  if (preferred !== undefined) body += `,"preferred_channel":${JSON.stringify(preferred)}`;
  if (sent.length > 0) body += `,"channels":${toJson(sent)}`;
  return `${body}}`;
}

function shortcut(channel: ChannelType, address: unknown, name: string): object | undefined {
  if (given(address) === undefined) return undefined;
  if (typeof address !== "string") throw invalid(`${name} must be text`);
  return address.trim() === "" ? undefined : { channel, address, opted_in: true };
}

function explicit(channels: unknown): object[] {
  if (!Array.isArray(channels)) throw invalid("channels must be an array");
  // Not its own map(): a subclass of Array could return anything.
  return Array.from(channels as unknown[], (entry, index) => wireChannel(entry, `channels[${index}]`));
}

function wireChannel(entry: unknown, where: string): object {
  if (typeof entry !== "object" || entry === null) throw invalid(`${where} must be an object`);
  const { type, address, optedIn, verified, kind, platform, pushEnv } = entry as Record<string, unknown>;
  if (given(type) === undefined) throw invalid(`${where}.type is missing`);
  if (typeof address !== "string" || address.trim() === "") throw invalid(`${where}.address must be text`);
  const push = type === "push";
  return {
    channel: oneOf(type, CHANNEL_TYPES, `${where}.type`),
    address,
    opted_in: flag(optedIn, `${where}.optedIn`) ?? true,
    verified: flag(verified, `${where}.verified`),
    kind: push ? oneOf(kind, KINDS, `${where}.kind`) : undefined,
    platform: push ? oneOf(platform, PLATFORMS, `${where}.platform`) : undefined,
    push_env: push ? oneOf(pushEnv, PUSH_ENVS, `${where}.pushEnv`) : undefined,
  };
}

function given(value: unknown): unknown {
  return value === null ? undefined : value;
}

function flag(value: unknown, where: string): boolean | undefined {
  if (given(value) === undefined) return undefined;
  if (typeof value !== "boolean") throw invalid(`${where} must be true or false`);
  return value;
}

function oneOf(value: unknown, allowed: readonly unknown[], where: string): unknown {
  if (given(value) === undefined) return undefined;
  if (!allowed.includes(value)) throw invalid(`${where} must be one of ${allowed.join(", ")}`);
  return value;
}

function invalid(message: string): Refusal {
  return new Refusal("invalid_channels", message);
}
