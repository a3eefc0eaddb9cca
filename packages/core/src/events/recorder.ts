/** From a `track()` call to a queued event: checked, stamped with time and id, and through the app's `beforeSend`. */
import type { WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import { objectToJson } from "./json.ts";
import type { TrackOperation } from "./operation.ts";
import { asRefusal, misuse } from "./refusal.ts";
import {
  applyBeforeSend,
  checkEventType,
  contextToJson,
  type WireEvent,
  withoutMessageId,
} from "./snapshot.ts";

/** Whose an event is. */
export type Owner = Pick<TrackOperation, "userId" | "anonymousId" | "held">;

export interface Recorder {
  readonly beforeSend: ((event: WireEvent) => WireEvent | null) | undefined;
  /** The context every event gets: the app's own. */
  readonly base: object | undefined;
  /** The same with what the runtime knows, as text too: that is made only once while the runtime gives the same object. */
  automatic: object | undefined;
  merged: object | undefined;
  mergedJson: string;
  /** Event names known to be valid, so that each is checked once. */
  readonly knownEvents: Set<unknown>;
  /** Of the message id's UUID, everything before the counter; drawn at the first event. */
  idPrefix: string;
  idNumber: number;
}

const UUID_PREFIX_LENGTH = 24;
/** An app has fewer. */
const MAX_KNOWN_EVENTS = 1000;

/** Misuse of `context` throws, unlike the same in a call. */
export function createRecorder({ beforeSend, context }: WhisperrOptions): Recorder {
  const json = copyContext(context);
  const base = json === "{}" ? undefined : (JSON.parse(json) as object);
  return {
    beforeSend: beforeSend ?? undefined,
    base,
    automatic: undefined,
    merged: base,
    mergedJson: json,
    knownEvents: new Set(),
    idPrefix: "",
    idNumber: 0,
  };
}

/**
 * The event to queue; undefined when `beforeSend` left it out. Throws a Refusal, or what the app's objects throw.
 * `automatic`: what the runtime adds to the context, the same object for as long as it says the same; the app's own
 * values win.
 */
export function recordEvent(
  recorder: Recorder,
  { nowMs, uuid }: Pick<Ports, "nowMs" | "uuid">,
  owner: Owner,
  event: unknown,
  properties: unknown,
  context: unknown,
  automatic?: object,
): TrackOperation | undefined {
  const atMs = nowMs();
  if (automatic !== recorder.automatic) merge(recorder, automatic);
  if (recorder.idPrefix === "") recorder.idPrefix = uuid().slice(0, UUID_PREFIX_LENGTH);
  const operation: TrackOperation = {
    kind: "track",
    ...owner,
    event: knownEvent(recorder, event),
    atMs,
    idPrefix: recorder.idPrefix,
    idNumber: ++recorder.idNumber,
    properties: objectToJson(properties, "properties", "invalid_properties"),
    context: contextToJson(recorder.merged, recorder.mergedJson, context),
  };
  return recorder.beforeSend === undefined ? operation : applyBeforeSend(operation, recorder.beforeSend);
}

function merge(recorder: Recorder, automatic: object | undefined): void {
  recorder.automatic = automatic;
  recorder.merged = automatic ? { ...automatic, ...recorder.base } : recorder.base;
  recorder.mergedJson = JSON.stringify(recorder.merged ?? {});
}

function knownEvent({ knownEvents }: Recorder, event: unknown): string {
  if (!knownEvents.has(event)) {
    checkEventType(event);
    if (knownEvents.size < MAX_KNOWN_EVENTS) knownEvents.add(event);
  }
  return event as string;
}

function copyContext(context: unknown): string {
  try {
    return withoutMessageId(objectToJson(context, "context", "invalid_context"));
  } catch (error) {
    throw misuse(asRefusal(error, "context").message);
  }
}
