/** Mistakes about what is made of the app's values: names, users, properties, addresses (contract, sections 2 and 3). */
import { withClient } from "../hooks/calls.ts";
import { withEachEvent } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

const withTrack = (edit: (...args: unknown[]) => unknown[]): How =>
  withClient(({ track }) => ({ track: (...args) => track(...edit(...args)) }));

const withNames = (edit: (name: unknown) => unknown): How =>
  withTrack((user, name, ...rest) => [user, edit(name), ...rest]);

const withUsers = (edit: (user: unknown) => unknown): How =>
  withTrack((user, ...rest) => [edit(user), ...rest]);

const withProperties = (edit: (properties: unknown) => unknown): How =>
  withTrack((user, name, properties, ...rest) => [user, name, edit(properties), ...rest]);

/** Every value of an object, at any depth; what is `undefined` goes. */
function withEach(value: unknown, edit: (value: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return edit(value);
  if (Array.isArray(value)) return value.map((item) => withEach(item, edit));
  const entries = Object.entries(value).map(([key, item]) => [key, withEach(item, edit)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Promises as text of their type. */
function withoutPromises(value: unknown): unknown {
  if (value instanceof Promise) return "[object Promise]";
  if (Array.isArray(value)) return value.map(withoutPromises);
  if (Object(value) !== value || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, withoutPromises(item)]),
  );
}

/** Objects that are deeper, as text. */
function shallow(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (depth === 0) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shallow(item, depth - 1)]));
}

const withoutNulls = (value: unknown) => withEach(value, (item) => (item === null ? undefined : item));

const isBlank = (value: unknown) => typeof value === "string" && value.trim() === "";

export const valueMutants: readonly Mutant[] = [
  {
    id: "local-time",
    does: "Writes local time, and a Z behind it.",
    how: withEachEvent(() => (event) => {
      const at = new Date(event.occurred_at);
      const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
      return { ...event, occurred_at: local.toISOString() };
    }),
    caughtBy: {
      "event.occurred-at-of-the-call":
        /expected "2026-06-14T12:00:00\.999Z", got "2026-06-15T00:45:00\.999Z"/,
    },
  },
  {
    id: "local-dates",
    does: "Writes the app's dates in local time, and a Z behind them.",
    how: withProperties((properties) =>
      withEach(properties, (value) =>
        value instanceof Date ? new Date(value.getTime() - value.getTimezoneOffset() * 60_000) : value,
      ),
    ),
    caughtBy: {
      "values.odd-but-fine": /date: expected "2026-01-02T03:04:05\.678Z", got "2026-01-02T16:49:05\.678Z"/,
    },
  },
  {
    id: "names-in-lower-case",
    does: "Makes a name fit that should be refused: Not_Valid is sent as not_valid.",
    how: withNames((name) => (typeof name === "string" ? name.toLowerCase() : name)),
    caughtBy: { "event-name.invalid": /invalid_event_type: expected 13, got 11/ },
  },
  {
    id: "names-trimmed",
    does: "Takes spaces and line ends off a name, and sends the rest.",
    how: withNames((name) => (typeof name === "string" ? name.trim() : name)),
    caughtBy: { "event-name.invalid": /invalid_event_type: expected 13, got 10/ },
  },
  {
    id: "digits-of-any-script",
    does: "Takes the digits of every script for digits.",
    how: withNames((name) => (typeof name === "string" ? name.replace(/\p{Nd}/gu, "3") : name)),
    caughtBy: { "event-name.invalid": /invalid_event_type: expected 13, got 12/ },
  },
  {
    id: "names-as-text",
    does: "Makes text of a name that is none.",
    how: withNames(String),
    caughtBy: { "event-name.not-text": /types: expected 1 items, got \d: \["42"/ },
  },
  {
    id: "user-made-up",
    does: "Makes a user up where none is given.",
    how: withUsers((user) => user || "anonymous"),
    caughtBy: { "user-id.invalid": /types\[0\]: expected "signed_in", got "signed_in×\d"/ },
  },
  {
    id: "blank-user-taken",
    does: "Takes a user id of spaces.",
    how: withUsers((user) => (user !== "" && isBlank(user) ? `(${user})` : user)),
    caughtBy: { "user-id.invalid": /types\[0\]: expected "signed_in", got "signed_in×\d"/ },
  },
  {
    id: "any-number-is-a-user",
    does: "Takes every number for a user id, NaN too.",
    how: withUsers((user) => (typeof user === "number" ? String(user) : user)),
    caughtBy: { "user-id.not-text": /types\[0\]: expected "signed_in", got "signed_in×4"/ },
  },
  {
    id: "object-is-a-user",
    does: "Makes text of whatever it gets for a user.",
    how: withUsers((user) => (typeof user === "object" && user !== null ? String(user) : user)),
    caughtBy: { "user-id.not-text": /types\[0\]: expected "signed_in", got "signed_in×3"/ },
  },
  {
    id: "numbers-are-no-users",
    does: "Refuses a user id that is a number.",
    how: withUsers((user) => (typeof user === "number" ? "" : user)),
    caughtBy: { "user-id.numbers": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "users-in-lower-case",
    does: "Writes user ids in lower case, so that two users become one.",
    how: withUsers((user) => (typeof user === "string" ? user.toLowerCase() : user)),
    caughtBy: { "user-id.as-given": /external_user_id: expected "User_ABC", got "user_abc"/ },
  },
  {
    id: "users-trimmed",
    does: "Takes the spaces around a user id off.",
    how: withUsers((user) => (typeof user === "string" ? user.trim() : user)),
    caughtBy: { "user-id.as-given": /external_user_id: expected " padded ", got "padded"/ },
  },
  {
    id: "users-normalised",
    does: "Puts letters and accents of a user id together.",
    how: withUsers((user) => (typeof user === "string" ? user.normalize("NFC") : user)),
    caughtBy: { "user-id.as-given": /events\[5\]\.external_user_id: expected/ },
  },
  {
    id: "list-is-properties",
    does: "Takes a list for properties.",
    how: withProperties((properties) => (Array.isArray(properties) ? { ...properties } : properties)),
    caughtBy: { "values.not-an-object": /invalid_properties: expected 6, got 5/ },
  },
  {
    id: "wrong-properties-left-out",
    does: "Sends an event without its properties where they are no object.",
    how: withProperties((properties) => (typeof properties === "object" ? properties : undefined)),
    caughtBy: { "values.not-an-object": /types: expected 1 items, got 2: \["bad×4","good"\]/ },
  },
  {
    id: "nan-is-0",
    does: "Sends 0 for a number that is none.",
    how: withProperties((properties) =>
      withEach(properties, (value) => (typeof value === "number" && !Number.isFinite(value) ? 0 : value)),
    ),
    caughtBy: { "values.no-number": /"a":0,"b":0,"c":0/, "values.javascript": /nan: expected null, got 0/ },
  },
  {
    id: "content-left-out",
    does: "Sends {} for a Map, a Set, an Error or a promise, as JSON.stringify does.",
    how: withProperties((properties) => withEach(properties, (value) => value)),
    caughtBy: {
      "values.with-content": /lines\.a: missing[\s\S]*failure\.name: missing/,
      "values.without-content": /cart: expected .*got \{\}/,
    },
  },
  {
    id: "no-content-unsaid",
    does: "Sends the type of what has no content, and tells nobody.",
    how: withProperties(withoutPromises),
    caughtBy: { "values.without-content": /output/ },
  },
  {
    id: "nulls-left-out",
    does: "Leaves null out, so that nobody can say that something is not known any more.",
    how: withClient(({ track, identify }) => ({
      track: (user, name, properties, context) =>
        track(user, name, withoutNulls(properties), withoutNulls(context)),
      identify: (user, details) => identify(user, withoutNulls(details)),
    })),
    caughtBy: { "values.null": /properties\.plan: missing, expected null[\s\S]*traits/ },
  },
  {
    id: "any-size-sent",
    does: "Leaves it to the server to say that something is too large, whatever its size.",
    how: withProperties((properties) =>
      withEach(properties, (value) =>
        typeof value === "string" && value.length > 4e6 ? value.slice(0, 4e6) : value,
      ),
    ),
    caughtBy: { "values.size-limit": /expected 1 requests, the API saw [34]/ },
  },
  {
    id: "text-cut-off",
    does: "Cuts text off after 255 characters.",
    how: withProperties((properties) =>
      withEach(properties, (value) => (typeof value === "string" ? value.slice(0, 255) : value)),
    ),
    caughtBy: { "values.not-shortened": /text: expected length 70000/ },
  },
  {
    id: "properties-cut-off",
    does: "Leaves out what comes after the hundredth property.",
    how: withProperties((properties) => Object.fromEntries(Object.entries(properties ?? {}).slice(0, 100))),
    caughtBy: { "values.not-shortened": /property_119: missing/ },
  },
  {
    id: "deep-objects-cut-off",
    does: "Writes what is more than 20 objects deep as text.",
    how: withProperties((properties) => shallow(properties, 20)),
    caughtBy: { "values.not-shortened": /deep: expected .*got "\[object Object\]"/ },
  },
  {
    id: "text-trimmed",
    does: "Takes the spaces around text off.",
    how: withProperties((properties) =>
      withEach(properties, (value) => (typeof value === "string" ? value.trim() : value)),
    ),
    caughtBy: { "values.not-normalised": /expected " value ", got "value"/ },
  },
  {
    id: "text-normalised",
    does: "Puts letters and accents together, and takes ligatures apart.",
    how: withProperties((properties) =>
      withEach(properties, (value) => (typeof value === "string" ? value.normalize("NFKC") : value)),
    ),
    caughtBy: { "values.not-normalised": /UPPER: expected "ﬁ", got "fi"/ },
  },
  {
    id: "traits-renamed",
    does: "Writes the names of traits with underscores, as it does with its own.",
    how: withClient(({ identify }) => ({
      identify(user, details) {
        const { traits, ...rest } = Object(details) as { traits?: object };
        const renamed = Object.entries(traits ?? {}).map(([name, value]) => [
          name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          value,
        ]);
        return identify(user, { ...rest, traits: Object.fromEntries(renamed) });
      },
    })),
    caughtBy: { "values.not-normalised": /stored user user_1\.traits\.camelCase: missing/ },
  },
  {
    id: "addresses-in-lower-case",
    does: "Writes addresses in lower case.",
    how: withClient(({ identify }) => ({
      identify(user, details) {
        const { email } = Object(details) as { email?: string };
        return identify(user, { ...Object(details), ...(email && { email: email.toLowerCase() }) });
      },
    })),
    caughtBy: { "values.not-normalised": /address: expected "Ada@Example\.com", got "ada@example\.com"/ },
  },
  {
    id: "blank-address-sent",
    does: "Sends an address of nothing but spaces.",
    how: withClient(({ identify }) => ({
      identify: (user, details) =>
        identify(
          user,
          withEach(details, (value) => (isBlank(value) ? "-" : value)),
        ),
    })),
    caughtBy: { "channels.blank": /expected 2 requests, the API saw 4/ },
  },
  {
    id: "blank-shortcut-refused",
    does: "Refuses an identify because a shortcut in it is blank.",
    how: withClient(({ identify }) => ({
      identify(user, details) {
        const { email } = details as { email?: unknown };
        return identify(user, isBlank(email) ? { channels: [{ type: "email", address: email }] } : details);
      },
    })),
    caughtBy: { "channels.blank": /expected 2 requests, the API saw 1/ },
  },
];
