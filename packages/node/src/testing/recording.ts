/** What an app has said, as its tests look at it. */
import type { AnyEvents, Channel, ChannelType, EventMap, IdentifyBody, WireEvent } from "@whisperr/core";

/** An event as it would be sent. */
export interface Tracked<Properties = Record<string, unknown>, Name extends string = string> {
  /** As text, even where the call gave a number. */
  readonly userId: string;
  /** The name. */
  readonly event: Name;
  /** As JSON has them: a Date is its ISO text. With schemas, what they make of the call's properties. */
  readonly properties: Properties;
  /** Without `$message_id`. */
  readonly context: Record<string, unknown>;
  /** The moment of the call. */
  readonly occurredAt: Date;
}

/** An `identify()` as it would be sent. */
export interface Identified {
  /** As text, even where the call gave a number. */
  readonly userId: string;
  /** As JSON has them; `{}` when the call gave none. */
  readonly traits: Record<string, unknown>;
  /** Those of the shortcuts `email`, `phone` and `pushToken` too. */
  readonly channels: readonly Channel[];
  /** Only when the call gave it. */
  readonly preferredChannel?: ChannelType;
}

/** What was recorded so far. */
export interface Recording<Events extends EventMap = AnyEvents> {
  /** The events of this name so far, or all, in the order of the calls. */
  tracked<Name extends keyof Events & string>(event: Name): Tracked<Events[Name], Name>[];
  /** All events so far, of every name. */
  tracked(): Tracked[];
  /** What was said of this user so far, or of all. */
  identified(userId?: string): Identified[];
  /** Both kinds of one user, in the order of the calls. */
  timeline(userId: string): (Tracked | Identified)[];
  /** Forgets all of it, for the next test. */
  clear(): void;
}

export function trackedOf(event: WireEvent): Tracked {
  const { $message_id: _, ...context } = event.context;
  return {
    userId: `${event.external_user_id}`,
    event: event.event_type,
    properties: event.properties,
    context,
    occurredAt: new Date(event.occurred_at),
  };
}

export function identifiedOf(body: IdentifyBody): Identified {
  const { external_user_id, traits = {}, channels = [], preferred_channel } = body;
  return {
    userId: external_user_id,
    traits,
    channels: channels.map(
      ({ channel, address, opted_in, verified }) =>
        ({
          type: channel,
          address,
          optedIn: opted_in,
          ...(verified !== undefined && { verified }),
        }) as Channel,
    ),
    ...(preferred_channel !== undefined && { preferredChannel: preferred_channel as ChannelType }),
  };
}
