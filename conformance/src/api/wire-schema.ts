/**
 * The requests of CONTRACT sections 1 to 3, strictly: an unknown field anywhere outside properties, context and
 * traits fails. Free-form objects are checked for being objects only; they came out of JSON.parse.
 */
import { z } from "zod";
import { isJsonObject, type JsonObject } from "./json-value.ts";
import { parseOccurredAt } from "./occurred-at.ts";

/** CONTRACT section 1. */
export const MAX_EVENTS_PER_BATCH = 500;

const EVENT_TYPE = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

const anObject = z.custom<JsonObject>(isJsonObject, "must be an object");
const userId = z.string("must be a string").min(1, "must not be empty");
const anonymousId = z.string("must be a string").min(1, "must not be empty").max(128, "is longer than 128");
const channelName = z.enum(["email", "sms", "push"], "must be email, sms or push");

export const batchSchema = z.strictObject({
  events: z
    .array(z.unknown(), "must be an array")
    .min(1, "is empty")
    .max(MAX_EVENTS_PER_BATCH, `holds more than ${MAX_EVENTS_PER_BATCH}`),
});

export const eventSchema = z
  .strictObject({
    external_user_id: userId.exactOptional(),
    anonymous_id: anonymousId.exactOptional(),
    event_type: z.string("must be a string").regex(EVENT_TYPE, "must be lowercase snake_case"),
    occurred_at: z
      .string("must be a string")
      .refine(
        (text) => parseOccurredAt(text) !== null,
        "must be RFC 3339 UTC with exactly three decimals and Z",
      ),
    properties: anObject,
    context: anObject.refine(hasMessageId, "must hold a $message_id"),
  })
  .refine(
    (event) => event.external_user_id !== undefined || event.anonymous_id !== undefined,
    "needs external_user_id or anonymous_id",
  );

const reach = {
  address: z.string("must be a string").min(1, "must not be empty"),
  opted_in: z.boolean("must be a boolean"),
  verified: z.boolean("must be a boolean").exactOptional(),
};

const channelSchema = z.discriminatedUnion("channel", [
  z.strictObject({ channel: z.literal("email"), ...reach }),
  z.strictObject({ channel: z.literal("sms"), ...reach }),
  z.strictObject({
    channel: z.literal("push"),
    ...reach,
    kind: z.enum(["apns", "fcm", "expo"]).exactOptional(),
    platform: z.enum(["ios", "android", "web"]).exactOptional(),
    push_env: z.enum(["sandbox", "production"]).exactOptional(),
  }),
]);

/** Empty traits and channels are left out, not sent empty (CONTRACT section 3). */
export const identifySchema = z.strictObject({
  external_user_id: userId,
  anonymous_id: anonymousId.exactOptional(),
  traits: anObject
    .refine((traits) => Object.keys(traits).length > 0, "is left out when empty")
    .exactOptional(),
  preferred_channel: channelName.exactOptional(),
  channels: z.array(channelSchema).min(1, "is left out when empty").exactOptional(),
});

export type WireIdentify = z.infer<typeof identifySchema>;

function hasMessageId(context: JsonObject): boolean {
  const id = context.$message_id;
  return typeof id === "string" && id.length > 0;
}
