/** The values and calls that a case can hold, checked: a misspelt tag must not pass as a plain object. */
import { z } from "zod";
import { nearest } from "./nearest.ts";
import { CALL_NAMES, type Call, type CallName, type WireValue } from "./protocol.ts";

const TAG =
  "undefined; index (the number of the call within `repeat`, after `prefix` if given); bigint, number (NaN, Infinity, -0), date (`of`: text); function; symbol; map, set, error, search-params, promise (with content of their own); long-string (`length`); lone-surrogate; circular; throwing-getter; throwing-to-json; to-json (`of`: what it gives); revoked-proxy; channel (a constructor of the SDK: `type`, `args`); callback (`of`: throws, returns-null, adds-property, leaves-out-secrets, returns-circular, returns-bad-name, counts-calls, forges-ids, changes-user, returns-promise, rejects), of changes-user with `user`; calls-track (a callback that calls track with `args`, with `later` once it has returned); calls-flush (a callback that calls flush, with `later` once it has returned); calls-opt-out, calls-shutdown (callbacks that call this and return what they are given).";

const TAGS = [
  "undefined",
  "index",
  "bigint",
  "number",
  "date",
  "function",
  "symbol",
  "map",
  "set",
  "error",
  "search-params",
  "promise",
  "long-string",
  "lone-surrogate",
  "circular",
  "throwing-getter",
  "throwing-to-json",
  "to-json",
  "revoked-proxy",
  "channel",
  "callback",
  "calls-track",
  "calls-flush",
  "calls-opt-out",
  "calls-shutdown",
];

const taggedValue = z.looseObject({ $value: z.enum(TAGS).describe(TAG) }).meta({ id: "taggedValue" });

export const wireValue: z.ZodType<WireValue> = z
  .lazy(() =>
    z.union(
      [
        z.null(),
        z.boolean(),
        z.number(),
        z.string(),
        z.array(wireValue),
        taggedValue as unknown as z.ZodType<WireValue>,
        wireObject,
      ],
      { error: ({ input }) => `a value that no driver knows: ${unknownTags(input).join(", ")}` },
    ),
  )
  .meta({
    id: "value",
    description: "JSON, where an object with the key $value stands for something JSON cannot carry.",
  });

const untagged = z.string().regex(/^(?!\$value$)/);
export const wireObject = z.record(untagged, wireValue).meta({ id: "object" });

const args = z.array(wireValue).meta({ id: "arguments" });
const about = { forUser: wireValue.exactOptional(), repeat: z.int().min(1).exactOptional() };
const callOf = (name: CallName) => z.strictObject({ [name]: args, ...about }).meta({ id: `${name}Call` });

export const callOptions = CALL_NAMES.map(callOf);

type Issue = z.core.$ZodIssue;

/** For a union of objects that a key of their own tells apart: which of them is meant, and what is wrong with it. */
export function ofOneKind(names: readonly string[], what: string) {
  return ({ input, errors = [] }: { input?: unknown; errors?: Issue[][] }): string => {
    const keys = Object.keys(Object(input));
    const found = keys.filter((key) => names.includes(key));
    if (found.length === 0) return `there is no ${what} "${keys[0] ?? ""}"${nearest(keys[0] ?? "", names)}`;
    if (found.length > 1) return `is more than one ${what}: ${found.join(", ")}`;
    const meant = errors.find((issues) => !issues.some(({ code }) => code === "unrecognized_keys")) ?? [];
    return meant.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`).join("; ");
  };
}

export const call = z.union(callOptions, { error: ofOneKind(CALL_NAMES, "call") }).meta({
  id: "call",
  description:
    "One call of the public API; with `forUser` through the client bound to that user; `repeat` times.",
}) as unknown as z.ZodType<Call>;

function unknownTags(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const tag = (value as { $value?: unknown }).$value;
  if (tag !== undefined && !TAGS.includes(tag as string)) return [JSON.stringify(tag)];
  return Object.values(value).flatMap(unknownTags);
}
