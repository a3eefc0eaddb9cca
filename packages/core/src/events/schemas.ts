/**
 * Events and traits as the app's own schemas have them: by any validator that follows Standard Schema (standardschema.dev). What a
 * schema takes is what `track()` is given, what it makes of that is what is sent.
 */
import { attempt } from "../attempt.ts";
import type { DropReason } from "../errors.ts";
import type { WhisperrOptions } from "../options.ts";
import { describeThrown, misuse, Refusal, words } from "./refusal.ts";
import { ignoreRejection, isThenable } from "./thenable.ts";

/** A schema of zod 4, valibot 1, arktype 2, or of any other validator that follows Standard Schema. It must answer at once. */
export interface Schema<Input = unknown> {
  /** The validator's side of Standard Schema. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
  };
}

/** For `createWhisperr()`: the events are those that `events` has schemas of, with the properties that these take. */
export interface EventSchemas<Events> {
  /** Schemas of the events by their names; they type `track()`, and what they make of its properties is sent. */
  readonly events?: { readonly [Name in keyof Events]?: Schema<Events[Name]> } | undefined;
}

/** What the app said of its events, and who hears of what is wrong with them. */
export interface EventRules {
  readonly options: WhisperrOptions;
  /** Prints what is wrong with an event, or with traits, once of each. With a `reason`, reports what is left out of a call. */
  readonly warn: (event: string, message: string, reason?: DropReason) => void;
}

interface Result {
  readonly value?: unknown;
  readonly issues?: readonly { readonly message: string; readonly path?: readonly unknown[] }[];
}

/** The value as its schema makes it: of an event, or without a name of traits. Throws a Refusal when it is not sent. */
export function validated({ options, warn }: EventRules, given: unknown, event?: string): unknown {
  const { events, traits, unknownEvents, invalidEvents } = options;
  const schema = (event ? events?.[event] : given ? traits : undefined)?.["~standard"];
  // The SDK records `page_viewed` by itself.
  let policy: string | false | undefined = event && event !== "page_viewed" && events && unknownEvents;
  let problem = schema ? "" : "no schema of it";
  if (schema) {
    policy = invalidEvents;
    try {
      // Properties that were left out are none, and a schema may call that nothing.
      for (const value of given == null ? [{}, undefined, null] : [given]) {
        const result = schema.validate(value) as Result;
        ignoreRejection(result);
        if (!result.issues && "value" in result) return result.value ?? {};
        problem ||= result.issues?.map(lineOf).join("; ") ?? "its schema gives no object";
      }
    } catch (thrown) {
      problem ||= describeThrown(thrown);
    }
  }
  // Any other word counts as not given: a production build for browsers looks at none of them.
  if (schema ? policy !== "warn" && policy !== "send" : policy === "drop")
    throw new Refusal(event ? "invalid_event" : "invalid_traits", problem);
  if (policy === "warn") warn(`${event}`, `${event ?? "traits"}: ${problem}.`);
  return given;
}

/** Throws an Error where a schema answers later: what it would take out of an event nobody waits for, so every event would be dropped. */
export function refuseLaterAnswers({ events, traits }: WhisperrOptions): void {
  for (const [name, schema] of Object.entries({ ...events, traits })) {
    const what = `the schema of ${name}`;
    // One that throws says so again, of its first event.
    const answer = attempt(() => schema?.["~standard"].validate({}));
    ignoreRejection(answer);
    if (isThenable(answer)) throw misuse(`${what} must be synchronous: track() does not wait`, what);
  }
}

/** `address.city: Required`. Validators that say more in several lines say all of them. */
const lineOf = ({ message, path = [] }: NonNullable<Result["issues"]>[number]): string =>
  words(
    path.map((part) => (part as { key?: unknown })?.key ?? part).join("."),
    message.split("\n").join(", "),
  );
