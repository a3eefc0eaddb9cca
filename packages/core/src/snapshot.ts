/**
 * From a call to an operation, or to a refusal: everything the app hands over is checked and turned into text here,
 * so nothing behind this file can be harmed by it or notice what the app does to its objects afterwards.
 */

import {
  asRefusal,
  describeThrown,
  describeType,
  ignoreRejection,
  isThenable,
  objectToJson,
  Refusal,
  toJson,
} from "./json.ts";
import type { IdentifyOperation, TrackOperation } from "./operation.ts";
import { encodeEvent } from "./wire.ts";

/**
 * Characters one operation may have. Bounds what a single call can make the process hold; a server takes less.
 */
export const MAX_OPERATION_LENGTH = 4 * 1024 * 1024;

const EVENT_TYPE = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;
const MESSAGE_ID_KEY = "$message_id";

/** The event as `beforeSend` gets it: what will be sent. */
export interface WireEvent {
  /** May be changed. */
  external_user_id?: string;
  /** Client SDKs, before `identify()`. */
  anonymous_id?: string;
  /** May be changed; checked again. */
  event_type: string;
  /** Fixed when `track()` was called; a change is ignored. */
  readonly occurred_at: string;
  /** May be changed or replaced. */
  properties: Record<string, unknown>;
  /** May be changed or replaced; `$message_id` stays what it is. */
  context: Record<string, unknown>;
}

/** Runs `make`; whatever the app's objects throw meanwhile becomes a Refusal. */
export function snapshot<T extends TrackOperation | IdentifyOperation>(make: () => T): T | Refusal {
  try {
    const operation = make();
    const length = operation.kind === "track" ? lengthOf(operation) : operation.body.length;
    if (length <= MAX_OPERATION_LENGTH) return operation;
    return new Refusal(
      "too_large",
      `it is larger than ${MAX_OPERATION_LENGTH} characters; send less in one call`,
    );
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal !== undefined) return refusal;
    return new Refusal("unserializable", `its values cannot become JSON: ${describeThrown(error)}`);
  }
}

function lengthOf({ userId = "", event, properties, context }: TrackOperation): number {
  return userId.length + event.length + properties.length + context.length;
}

/** Accepts what is unmistakably an id: text with something in it, or a whole number. */
export function checkUserId(userId: unknown): string {
  if (typeof userId === "string" && userId.trim() !== "") return userId;
  if (Number.isSafeInteger(userId) || typeof userId === "bigint") return String(userId);
  throw new Refusal(
    "invalid_user_id",
    `the user id must be text, but is ${userId === "" || typeof userId === "string" ? "blank" : describeType(userId)}`,
  );
}

export function checkEventType(event: unknown): string {
  if (typeof event === "string" && EVENT_TYPE.test(event)) return event;
  const got = typeof event === "string" ? JSON.stringify(event.slice(0, 100)) : describeType(event);
  throw new Refusal(
    "invalid_event_type",
    `the event name must be lowercase snake_case such as payment_failed, but is ${got}`,
  );
}

/** `base`, overlaid with what the call gave. `$message_id` is the SDK's own and is taken out. */
export function contextToJson(base: object | undefined, baseJson: string, context: unknown): string {
  if (context === undefined || context === null) return baseJson;
  const own = objectToJson(context, "context", "invalid_context");
  const merged = base === undefined ? own : (toJson({ ...base, ...(JSON.parse(own) as object) }) ?? "{}");
  return withoutMessageId(merged);
}

export function withoutMessageId(json: string): string {
  if (!json.includes(MESSAGE_ID_KEY)) return json;
  const { [MESSAGE_ID_KEY]: _own, ...rest } = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/**
 * The operation as `beforeSend` wants it, or undefined when it wants none. Gets a copy, so the app's objects stay as
 * they are. If it throws, the event is given up: sending what was meant to be cleaned would be worse.
 */
export function applyBeforeSend(
  operation: TrackOperation,
  beforeSend: (event: WireEvent) => WireEvent | null,
): TrackOperation | undefined {
  let changed: unknown;
  try {
    changed = beforeSend(JSON.parse(encodeEvent(operation)) as WireEvent);
  } catch (error) {
    throw new Refusal("before_send_failed", `beforeSend threw: ${describeThrown(error)}`);
  }
  if (changed === null) return undefined;
  if (typeof changed !== "object" || isThenable(changed)) {
    ignoreRejection(changed);
    const got = typeof changed === "object" ? "a promise; it must not be async" : describeType(changed);
    throw new Refusal("before_send_failed", `beforeSend must return the event or null, but returned ${got}`);
  }
  const event = changed as { readonly [K in keyof WireEvent]: unknown };
  return {
    ...operation,
    ...(operation.userId === undefined ? {} : { userId: checkUserId(event.external_user_id) }),
    event: checkEventType(event.event_type),
    properties: objectToJson(event.properties, "properties", "invalid_properties"),
    context: withoutMessageId(objectToJson(event.context, "context", "invalid_context")),
  };
}
