/** From a `track()` call to a queued event: checked, stamped with time and id, and through the app's `beforeSend`. */

import type { WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import type { TrackOperation } from "../queue/operation.ts";
import { objectToJson } from "./json.ts";
import { asRefusal, misuse, type Refusal } from "./refusal.ts";
import { applyBeforeSend, checkEventType, contextToJson, snapshot, withoutMessageId } from "./snapshot.ts";

/** Whose event it is; called inside the snapshot, so it may throw a Refusal. */
export type Owner = () => Pick<TrackOperation, "userId" | "anonymousId" | "held">;

/** An event to queue, the reason why not, or undefined when `beforeSend` left it out. */
export type Record = (
  owner: Owner,
  event: unknown,
  properties?: unknown,
  context?: unknown,
  /** What the runtime adds to the context, the same object for as long as it says the same; the app's own values win. */
  automatic?: object,
) => TrackOperation | Refusal | undefined;

/** Of the message id's UUID, everything before the counter. */
const UUID_PREFIX_LENGTH = 24;

/** Event names known to be valid, so that each is checked once; an app has fewer. */
const MAX_KNOWN_EVENTS = 1000;

export function createRecorder(options: WhisperrOptions, ports: Ports): Record {
  const beforeSend = options.beforeSend ?? undefined;
  const baseJson = copyContext(options.context);
  const base = baseJson === "{}" ? undefined : (JSON.parse(baseJson) as object);
  const knownEvents = new Set<unknown>();
  let idPrefix = "";
  let idNumber = 0;
  let latest = { automatic: undefined as object | undefined, base, text: baseJson };

  /** The context every event gets, as text too: that is made only once while the runtime gives the same object. */
  function baseWith(automatic: object | undefined): typeof latest {
    if (automatic === latest.automatic) return latest;
    const merged = automatic && { ...automatic, ...base };
    latest = {
      automatic,
      base: merged ?? base,
      text: merged === undefined ? baseJson : JSON.stringify(merged),
    };
    return latest;
  }

  function eventType(event: unknown): string {
    if (knownEvents.has(event)) return event as string;
    const checked = checkEventType(event);
    if (knownEvents.size < MAX_KNOWN_EVENTS) knownEvents.add(checked);
    return checked;
  }

  return (owner, event, properties, context, automatic) => {
    const atMs = ports.nowMs();
    let leftOut = false;
    const operation = snapshot(() => {
      const always = baseWith(automatic);
      if (idPrefix === "") idPrefix = ports.uuid().slice(0, UUID_PREFIX_LENGTH);
      const made = {
        kind: "track" as const,
        ...owner(),
        event: eventType(event),
        atMs,
        idPrefix,
        idNumber: ++idNumber,
        properties: objectToJson(properties, "properties", "invalid_properties"),
        context: contextToJson(always.base, always.text, context),
      };
      const changed = beforeSend === undefined ? made : applyBeforeSend(made, beforeSend);
      leftOut = changed === undefined;
      return changed ?? made;
    });
    return leftOut ? undefined : operation;
  };
}

/** Misuse at creation throws, unlike the same in a call. */
function copyContext(context: unknown): string {
  try {
    return withoutMessageId(objectToJson(context, "context", "invalid_context"));
  } catch (error) {
    throw misuse(asRefusal(error, "context").message);
  }
}
