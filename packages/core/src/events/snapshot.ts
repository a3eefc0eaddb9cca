/**
 * From a call to an operation, or to a refusal: everything the app hands over is checked and turned into text here,
 * so nothing behind this file can be harmed by it or notice what the app does to its objects afterwards.
 */

import { ignoreRejection, isThenable, objectToJson } from "./json.ts";
import type { Operation, TrackOperation } from "./operation.ts";
import { asRefusal, describeThrown, isText, mustBe, NON_BLANK, Refusal } from "./refusal.ts";
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
export function snapshot<T extends Operation | undefined>(make: () => T): T | Refusal {
  try {
    const operation = make();
    if (operation) checkLength(operation);
    return operation;
  } catch (error) {
    return asRefusal(error, "a value");
  }
}

function checkLength(operation: Operation): void {
  const length =
    operation.kind === "identify"
      ? operation.body.length
      : `${operation.userId ?? ""}${operation.event}${operation.properties}${operation.context}`.length;
  const rule = "4,194,304 characters at most";
  mustBe(length <= MAX_OPERATION_LENGTH, "its JSON", rule, length, "too_large");
}

/** Accepts what is unmistakably an id: text with something in it, or a whole number. */
export function checkUserId(userId: unknown): string {
  const fits = isText(userId) || typeof userId === "bigint" || Number.isSafeInteger(userId);
  mustBe(fits, "the user id", NON_BLANK, userId, "invalid_user_id");
  return `${userId}`;
}

export function checkEventType(event: unknown): string {
  const fits = typeof event === "string" && EVENT_TYPE.test(event);
  mustBe(fits, "the event name", "lowercase_snake_case", event, "invalid_event_type");
  return event as string;
}

/** `base`, overlaid with what the call gave. `$message_id` is the SDK's own and is taken out. */
export function contextToJson(base: object | undefined, baseJson: string, context: unknown): string {
  if (context === undefined || context === null) return baseJson;
  const own = objectToJson(context, "context", "invalid_context");
  return withoutMessageId(
    base === undefined ? own : JSON.stringify({ ...base, ...(JSON.parse(own) as object) }),
  );
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
  const isEvent = typeof changed === "object" && !isThenable(changed);
  ignoreRejection(changed);
  mustBe(isEvent, "beforeSend's answer", "the event or null", changed, "before_send_failed");
  const event = changed as { readonly [K in keyof WireEvent]: unknown };
  return {
    ...operation,
    ...(operation.userId === undefined ? {} : { userId: checkUserId(event.external_user_id) }),
    event: checkEventType(event.event_type),
    properties: objectToJson(event.properties, "properties", "invalid_properties"),
    context: withoutMessageId(objectToJson(event.context, "context", "invalid_context")),
  };
}
