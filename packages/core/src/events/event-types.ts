/** What the compiler says of events: nothing here exists when the program runs. */
import type { Schema } from "./schemas.ts";

/** An app's own events: names to properties, for `createWhisperr<Events>()`. */
export type EventMap = object;
/** Without a type argument any name and any object will do. */
export type AnyEvents = { readonly [event: string]: object };

/** The arguments after the event's name: properties may be left out when none of them is required. */
// biome-ignore lint/suspicious/noConfusingVoidType: an event map may say void for "no properties"
export type EventArguments<Properties> = [Properties] extends [null | undefined | void]
  ? [properties?: null | undefined, context?: object | null | undefined]
  : Record<never, never> extends Properties
    ? [properties?: Properties | null | undefined, context?: object | null | undefined]
    : [properties: Properties, context?: object | null | undefined];

/** What a name does not begin with. */
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
/** What names are often written with, and have nothing of. */
type NotInNames = " " | "-" | "." | ":" | "/" | "$";
/** Names that no event has. */
type NotSnakeCase =
  | `${string}${NotInNames}${string}`
  | `${"_" | Digit}${string}`
  | `${string}_`
  | `${string}__${string}`
  | "";
/** In the compiler's message for such a name. */
type SnakeCaseOnly = "event names are snake_case, such as payment_failed";

/** In the compiler's message where the properties stand in the place of the name. */
export interface UserIdComesFirst {
  /** What to write. */
  readonly "track(userId, event, properties)": never;
}

/** What takes the place of properties in a call that has no user id; the compiler's message says what comes first. */
export type WithoutUserId = object;

/** The name, or what the compiler says in its place. Names that are known only when the program runs are checked then. */
export type EventName<Name> = Name extends object
  ? string & UserIdComesFirst
  : Name extends NotSnakeCase
    ? SnakeCaseOnly
    : // Not one name, but text of some pattern.
      Record<never, never> extends Record<Name & string, unknown>
      ? Name & string
      : Lowercase<Name & string> extends Name
        ? Name & string
        : SnakeCaseOnly;

/** What an app's `Register` holds. */
interface Registered<Events> {
  /** A map of events, or the type of an object of schemas. */
  readonly events: Events;
}

/** The events that an app has registered: types of properties, or schemas of them. Any, where it has registered none. */
export type EventsOf<Register> =
  Register extends Registered<infer Events extends EventMap>
    ? { [Name in keyof Events]: Events[Name] extends Schema<infer Input> ? Input : Events[Name] }
    : AnyEvents;
