/** The identify of a client SDK: what the app gave, and what the device knows: its visitor, token, time zone and language. */
import { identifyBody } from "../events/identify-body.ts";
import type { IdentifyOperation } from "../events/operation.ts";
import { asRefusal, type Refusal } from "../events/refusal.ts";
import type { PushToken, PushUpdate } from "./identity.ts";

export interface DeviceIdentify {
  /** The token that came as `pushToken`. */
  readonly token: PushToken | undefined;
  /** Names the visitor and carries the news about the token. */
  operation(visitor: string | undefined, push: PushUpdate | undefined): IdentifyOperation;
}

interface Channel {
  readonly channel: string;
  readonly address: string;
  readonly opted_in: boolean;
  readonly kind?: string;
  readonly platform?: string;
  readonly push_env?: string;
}

interface Body {
  traits?: Record<string, unknown>;
  channels?: Channel[];
}

/** Throws a Refusal when what the app gave is not usable. */
export function deviceIdentify(
  userId: string,
  given: unknown,
  traits: { readonly timezone?: string | undefined; readonly locale?: string | undefined },
): DeviceIdentify {
  const body = JSON.parse(identifyBody(userId, given)) as Body;
  const { channels = [] } = body;
  const own = ownChannel(channels);
  const rest = channels.filter((channel) => channel !== own);

  return {
    token: own && tokenOf(own),
    operation(visitor, push) {
      // What the app said of its channel beyond the token, such as that it is verified, travels too.
      const news =
        push?.channels.map((channel) =>
          isSame(channel as Channel, own) ? { ...channel, ...own } : channel,
        ) ?? [];
      const all = [...rest, ...news];
      const merged = withDeviceTraits(body.traits ?? {}, traits);
      return {
        kind: "identify",
        body: JSON.stringify({
          ...body,
          anonymous_id: visitor,
          traits: Object.keys(merged).length > 0 ? merged : undefined,
          channels: all.length > 0 ? all : undefined,
        }),
        means: {
          ...(visitor !== undefined && { anonymousId: visitor }),
          ...(push && { push: push.registration }),
        },
      };
    },
  };
}

/**
 * The device's own token, sent only when it is news: the one push channel that is to be opted in. Where there are several
 * they are the app's business, like one that is opted out.
 */
function ownChannel(channels: readonly Channel[]): Channel | undefined {
  const [first, ...more] = channels.filter(({ channel, opted_in }) => channel === "push" && opted_in);
  return more.length === 0 ? first : undefined;
}

function tokenOf({ address, kind, platform, push_env: pushEnv }: Channel): PushToken {
  return { address, kind, platform, pushEnv };
}

function isSame(news: Channel, own: Channel | undefined): own is Channel {
  return news.opted_in && news.address === own?.address;
}

/** The token as the app gave it: read and checked as a channel of `identify()` is. */
export function pushToken(address: string, settings: object | null | undefined): PushToken | Refusal {
  try {
    const body = identifyBody("", { channels: [{ ...settings, type: "push", address }] });
    const { channels } = JSON.parse(body) as { readonly channels: [Channel] };
    return tokenOf(channels[0]);
  } catch (error) {
    return asRefusal(error);
  }
}

/** The app's own values win, whatever it calls the time zone. */
function withDeviceTraits(
  given: Record<string, unknown>,
  { timezone, locale }: { readonly timezone?: string | undefined; readonly locale?: string | undefined },
): Record<string, unknown> {
  const hasZone = ["time_zone", "tz"].some((name) => name in given);
  return { ...(!hasZone && timezone && { timezone }), ...(locale && { locale }), ...given };
}
