/** What an app has said, as its tests look at it. */
// Their types by their name, so that declarations hold them once.
import type { AnyEvents, Channel, ChannelType, EventMap, IdentifyBody, WireEvent } from "@whisperr/core";

/** An event as it would be sent. */
export interface Tracked<Properties = Record<string, unknown>, Name extends string = string> {
  /** As text, even where the call gave a number. In browsers undefined until `identify()`. */
  readonly userId: string | undefined;
  /** In browsers, until `identify()`: the visitor. */
  readonly anonymousId?: string;
  /** The name. */
  readonly event: Name;
  /** As JSON has them: a Date is its ISO text. With schemas, what they make of the call's properties. */
  readonly properties: Properties;
  /** Without `$message_id`. */
  readonly context: Record<string, unknown>;
  /** The moment of the call. */
  // biome-ignore lint/style/noRestrictedGlobals: a type
  readonly occurredAt: Date;
}

/** An `identify()` as it would be sent. */
export interface Identified {
  /** As text, even where the call gave a number. */
  readonly userId: string;
  /** As JSON has them; `{}` when there are none. In browsers with the device's time zone and language. */
  readonly traits: Record<string, unknown>;
  /** Those of the shortcuts `email`, `phone` and `pushToken` too. */
  readonly channels: readonly Channel[];
  /** Only when the call gave it. */
  readonly preferredChannel?: ChannelType;
}

/** A value that says itself what it is as JSON, as a Date does. */
interface SaysJson {
  /** What it is. */
  toJSON(...given: never): unknown;
}

/** What a value is once it was sent: a Date is its text, a BigInt a number, or text where a number would not be exact. */
export type AsJson<Value> = unknown extends Value
  ? unknown
  : Value extends SaysJson
    ? AsJson<ReturnType<Value["toJSON"]>>
    : Value extends bigint
      ? number | string
      : Value extends readonly (infer Item)[]
        ? readonly AsJson<Item>[]
        : Value extends object
          ? { readonly [Key in keyof Value]: AsJson<Value[Key]> }
          : Value;

/** Of an event whose properties have no type, any. */
type PropertiesOf<Properties> = object extends Properties
  ? Record<string, unknown>
  : [Properties] extends [object]
    ? AsJson<Properties>
    : Record<never, never>;

/** The events of the app, each with its own properties: `event` tells them apart. */
export type TrackedOf<Events extends EventMap> = [keyof Events & string] extends [never]
  ? Tracked
  : { [Name in keyof Events & string]: Tracked<PropertiesOf<Events[Name]>, Name> }[keyof Events & string];

/** What was recorded so far. */
export interface Recording<Events extends EventMap = AnyEvents> {
  /** The events of this name so far, in the order of the calls. */
  tracked<Name extends keyof Events & string>(event: Name): Tracked<PropertiesOf<Events[Name]>, Name>[];
  /** All events so far, of every name. */
  tracked(): TrackedOf<Events>[];
  /** What was said of this user so far, or of all. */
  identified(userId?: string): Identified[];
  /** Both kinds of one user, in the order of the calls. */
  timeline(userId: string): (TrackedOf<Events> | Identified)[];
  /** Forgets all of it, for the next test. */
  clear(): void;
}

export function trackedOf(event: WireEvent): Tracked {
  const { external_user_id, anonymous_id, event_type, properties, occurred_at } = event;
  const { $message_id: _, ...context } = event.context;
  return {
    userId: external_user_id,
    ...(anonymous_id !== undefined && { anonymousId: anonymous_id }),
    event: event_type,
    properties,
    context,
    // biome-ignore lint/style/noRestrictedGlobals: reads its argument, no clock
    occurredAt: new Date(occurred_at),
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
