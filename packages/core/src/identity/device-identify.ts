/** The identify of a client SDK: what the app gave, and what the device knows: its visitor, token, time zone and language. */
import { identifyBody } from "../events/identify-body.ts";
import { asRefusal, type Refusal } from "../events/refusal.ts";
import type { IdentifyOperation } from "../queue/operation.ts";
import type { PushToken, PushUpdate } from "./identity.ts";

export interface DeviceIdentify {
  /** The token that came as `pushToken`. */
  readonly token: PushToken | undefined;
  /** Names the visitor and carries the news about the token. */
  operation(visitor: string | undefined, push: PushUpdate | undefined): IdentifyOperation;
}

interface Body {
  traits?: Record<string, unknown>;
  channels?: { readonly channel: string; readonly address: string }[];
}

/** Throws a Refusal when what the app gave is not usable. */
export function deviceIdentify(
  userId: string,
  given: unknown,
  traits: { readonly timezone?: string | undefined; readonly locale?: string | undefined },
): DeviceIdentify {
  const body = JSON.parse(identifyBody(userId, given)) as Body;
  const { channels = [] } = body;
  const explicit = (given as { channels?: unknown } | null | undefined)?.channels ?? undefined;
  // A shortcut is the device's own token, and sent only when it is news; an explicit channel is the app's business.
  const own = explicit === undefined ? channels.filter(({ channel }) => channel === "push") : [];
  const rest = channels.filter((channel) => !own.includes(channel));
  const token = own[0] && { address: own[0].address };

  return {
    token,
    operation(visitor, push) {
      const all = [...rest, ...(push?.channels ?? [])];
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

/** The token as the app gave it: read and checked as a channel of `identify()` is. */
export function pushToken(address: string, settings: object | null | undefined): PushToken | Refusal {
  try {
    const body = identifyBody("", { channels: [{ ...settings, type: "push", address }] });
    const { channels } = JSON.parse(body) as {
      readonly channels: [PushToken & { readonly push_env?: string }];
    };
    const [{ kind, platform, push_env: pushEnv }] = channels;
    return { address, kind, platform, pushEnv };
  } catch (error) {
    return asRefusal(error, "a value");
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
