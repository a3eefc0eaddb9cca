/** From a `track()` call to a queued event: checked, stamped with time and id, and through the app's `beforeSend`. */
import { mustFit, refuseContext } from "../development.ts";
import { MAX_TIME_MS } from "../host-numbers.ts";
import type { WhisperrOptions } from "../options.ts";
import type { Library, Ports } from "../ports.ts";
import type { TrackOperation } from "./operation.ts";
import { describeThrown, Refusal } from "./refusal.ts";
import { type EventRules, validated } from "./schemas.ts";
import { checkEventType, checkUserId, contextToJson, objectToJson, stringify } from "./snapshot.ts";
import { ignoreRejection, isThenable } from "./thenable.ts";
import { encodeEvent } from "./wire.ts";

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

type BeforeSend = NonNullable<WhisperrOptions["beforeSend"]>;

/** Whose an event is. */
export type Owner = Pick<TrackOperation, "userId" | "anonymousId" | "held">;

/** Of a client: what an event is stamped by. */
export interface Clocked {
  readonly ports: Pick<Ports, "nowMs" | "uuid">;
  /** What the clock is known to be wrong by. */
  readonly clockAheadMs: number;
}

export interface Recorder extends EventRules {
  /** The context every event gets: the app's own, and the library. As text too, for most calls have none of theirs. */
  readonly base: object;
  readonly baseJson: string;
  /** Event names that were found to be valid. */
  readonly known: Map<unknown, string>;
  /** Of the message id's UUID, everything before the counter. */
  idPrefix: string;
  idNumber: number;
  /** When both were drawn, wall-clock ms since 1970. */
  drawnAtMs: number;
}

/** More than an app has: beyond it, names are made of something that keeps changing. */
const MAX_KNOWN_NAMES = 1000;
const UUID_PREFIX_LENGTH = 24;
/** V8 keeps numbers of 31 bits in the record itself; this leaves room for as many events again. */
const MAX_FIRST_NUMBER = 0x3fff_ffff;

/** Throws an Error that names the option and the fix. */
export function createRecorder(
  options: WhisperrOptions,
  warn: EventRules["warn"],
  library?: Library,
): Recorder {
  const { context } = options;
  let baseJson = "{}";
  try {
    // Most apps give none, and what looks through one need not be compiled at their start.
    const isGiven = (context ?? undefined) !== undefined;
    baseJson = isGiven ? contextToJson(context, library && { library }, { warn }) : stringify({ library });
  } catch (error) {
    refuseContext(error);
  }
  return {
    // A copy: what the app makes of its object later changes nothing.
    options: { ...options },
    warn,
    base: JSON.parse(baseJson),
    baseJson,
    known: new Map(),
    idPrefix: "",
    idNumber: 0,
    drawnAtMs: Number.NaN,
  };
}

/**
 * The event to queue; undefined when `beforeSend` left it out. Throws a Refusal, or what the app's objects throw.
 * `automatic`: what the runtime adds to the context; the app's own values win.
 */
export function recordEvent(
  recorder: Recorder,
  { ports, clockAheadMs }: Clocked,
  owner: Owner,
  event: unknown,
  properties: unknown,
  context: unknown,
  automatic?: object,
): TrackOperation | undefined {
  const { options, base, baseJson } = recorder;
  const nowMs = ports.nowMs();
  const atMs = nowMs - clockAheadMs;
  if (!(Math.abs(atMs) <= MAX_TIME_MS)) throw new Refusal("unserializable", "the clock shows no time");
  if (nowMs !== recorder.drawnAtMs) draw(recorder, nowMs, ports.uuid());
  const name = recorder.known.get(event) ?? learn(recorder, event);
  const isPlain = (automatic ?? context ?? undefined) === undefined;
  const operation: TrackOperation = {
    // First: anywhere else the spread would cost a sixth of the call.
    ...owner,
    kind: "track",
    event: name,
    atMs,
    idPrefix: recorder.idPrefix,
    idNumber: ++recorder.idNumber,
    properties: objectToJson(validated(recorder, properties, name), "properties", recorder, name),
    context: isPlain ? baseJson : contextToJson(context, { ...automatic, ...base }, recorder, name),
  };
  return options.beforeSend ? applyBeforeSend(operation, options.beforeSend, recorder) : operation;
}

/** A copy: the name may be cut from a text of megabytes, which an engine keeps as long as what was cut from it. */
function learn({ known }: Recorder, event: unknown): string {
  const name: string = JSON.parse(JSON.stringify(checkEventType(event)));
  if (known.size >= MAX_KNOWN_NAMES) known.clear();
  known.set(name, name);
  return name;
}

/**
 * Clones of a process image go on from the same memory. So what ids are made of is good for a millisecond, in which no clone is
 * made, and calls in a row share it: drawing it for each event would make `track()` twice as slow.
 */
function draw(recorder: Recorder, nowMs: number, uuid: string): void {
  const idPrefix = uuid.slice(0, UUID_PREFIX_LENGTH);
  const idNumber = Number.parseInt(uuid.slice(-8), 16) & MAX_FIRST_NUMBER;
  // After all calls, which may throw at the end of the call stack.
  recorder.drawnAtMs = nowMs;
  // A test's dice may always fall the same: then it goes on counting.
  if (idPrefix === recorder.idPrefix) return;
  recorder.idPrefix = idPrefix;
  recorder.idNumber = idNumber;
}

/**
 * The operation as `beforeSend` wants it, or undefined when it wants none. Gets a copy, so the app's objects stay as
 * they are. If it throws, the event is given up: sending what was meant to be cleaned would be worse.
 */
export function applyBeforeSend(
  operation: TrackOperation,
  beforeSend: BeforeSend,
  hearer?: Pick<Recorder, "warn">,
): TrackOperation | undefined {
  let changed: { readonly [K in keyof WireEvent]: unknown } | null;
  try {
    changed = beforeSend(JSON.parse(encodeEvent(operation)) as WireEvent);
  } catch (error) {
    throw new Refusal("before_send_failed", `beforeSend threw: ${describeThrown(error)}`);
  }
  if (changed === null) return undefined;
  const isEvent = typeof changed === "object" && !isThenable(changed);
  ignoreRejection(changed);
  mustFit(isEvent, "before_send_failed", "beforeSend's answer", "the event or null", changed);
  const event = checkEventType(changed.event_type);
  return {
    ...operation,
    ...(operation.userId !== undefined && { userId: checkUserId(changed.external_user_id) }),
    event,
    properties: objectToJson(changed.properties, "properties", hearer, event),
    context: contextToJson(changed.context, undefined, hearer, event),
  };
}
