/** Everything runtime packages build on. Apps install one of those; this package is for SDK authors. */

export { attempt, jsonObject, ownOptions } from "./attempt.ts";
export { type Client, type ClientConfig, createClient, startQueue } from "./client/client.ts";
export type {
  Device,
  DeviceCalls,
  DeviceClient,
  DeviceRecord,
  DeviceRuntime,
  PushCalls,
} from "./client/device.ts";
export { createDeviceClient, optOut } from "./client/device-client.ts";
export { HOLD } from "./client/device-hold.ts";
export { restore, startAlone, syncIdentity } from "./client/device-pages.ts";
export { PUSH } from "./client/device-push.ts";
export {
  createDisabledClient,
  createServerClient,
  diagnostics,
  type ServerClient,
  type ServerRuntime,
  type UserClient,
} from "./client/server-client.ts";
export { answered, backoffDelayMs, batchCut } from "./delivery/answering.ts";
export { abandoned, flushRequested, hurried, restMs, retryNow, timerFired } from "./delivery/flushing.ts";
export type { Effects, KeptBecause, Machine } from "./delivery/machine.ts";
export { appended } from "./delivery/queueing.ts";
export { type DeliveryConfig, type DeliveryState, initialState, type Phase } from "./delivery/state.ts";
export {
  checkChoice,
  checkNames,
  checkOptionNames,
  checkSchemaOptions,
  checkSchemas,
  checkTestRun,
  checkTypes,
  mustBe,
} from "./development.ts";
export type { DropReason, WhisperrError } from "./errors.ts";
export {
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  type PushSettings,
} from "./events/channel.ts";
export type {
  AnyEvents,
  EventArguments,
  EventMap,
  EventName,
  EventsOf,
  UserIdComesFirst,
  WithoutUserId,
} from "./events/event-types.ts";
export type { IdentifyBody, IdentifyOptions } from "./events/identify-body.ts";
export {
  type IdentifyOperation,
  isHeld,
  isIdentify,
  type Operation,
  type TrackOperation,
} from "./events/operation.ts";
export type { WireEvent } from "./events/recorder.ts";
export { describeThrown, misuse, printable, quote } from "./events/refusal.ts";
export { type EventSchemas, refuseLaterAnswers, type Schema } from "./events/schemas.ts";
export { stringify } from "./events/snapshot.ts";
export { ignoreRejection, isThenable } from "./events/thenable.ts";
export { type Batch, cutBatch, encodeEvent, formatMessageId, utf8Bytes } from "./events/wire.ts";
export { numberOf } from "./host-numbers.ts";
export {
  type Answer,
  createTransport,
  noAnswer,
  type Outcome,
  type RequestUnderWay,
  type Transport,
} from "./http/exchange.ts";
export { addDeviceTraits, type DeviceTraits } from "./identity/device-traits.ts";
export type { Identity } from "./identity/identity.ts";
export { type IdentityStore, identityOf } from "./identity/identity-keeper.ts";
export {
  type Consequences,
  consequencesOf,
  type Delivered,
  MAX_AGAIN,
  MAX_NOTED_LENGTH,
} from "./last-word/consequences.ts";
export { callTime, mayHaveArrived, type Said, saidBy, timeIn, withTime } from "./last-word/said.ts";
export { AHEAD, sendAhead } from "./loop/ahead.ts";
export { type SharedOutbox, sharing } from "./loop/app-outbox.ts";
export { type FlushResult, lose, read, refuse, type Stats, stats, step, tell } from "./loop/books.ts";
export { conclude, EFFECTS, transmit } from "./loop/effects.ts";
export {
  abandon,
  flush,
  flushWithin,
  retry,
  stop,
  timeoutIn,
  timeoutOf,
  within,
} from "./loop/flush.ts";
export { guard, guardedWait } from "./loop/guard.ts";
export { adopt, append, arrived, withdraw } from "./loop/queue.ts";
export {
  DELIVERY_OPTION_NAMES,
  type DeliveryOptionName,
  MAX_TIMER_MS,
  OPTION_NAMES,
  type WhisperrOptions,
} from "./options.ts";
export type {
  AbortControllerLike,
  BodyReader,
  FetchInit,
  FetchLike,
  FetchResponse,
  Library,
  Ports,
  Timers,
} from "./ports.ts";
export { flushAtEnd } from "./process/last-flush.ts";
export { createProcessClient, PROCESS_OPTION_NAMES, type ProcessOptions } from "./process/process-client.ts";
export { onEnd, onOutOfWork, type ProcessEnd, type ProcessWatch } from "./process/process-watch.ts";
export { requestCallsOf } from "./process/request-calls.ts";
export { createMemoryOutbox } from "./queue/memory-outbox.ts";
export type { AppOutbox, Outbox, QueuedOperation } from "./queue/outbox.ts";
export { parseOperation } from "./queue/stored-operation.ts";
export { describeAnswer } from "./report/messages.ts";
export { createReporter, printDebug, type Reporter, report, warnOnce } from "./report/reporter.ts";
export { checkApiKey, integer, type ResolvedOptions, resolveOptions } from "./resolve-options.ts";
export { isTestRun } from "./test-run.ts";
export { type Names, named } from "./unknown-names.ts";
export { type AsyncHooks, outsideZones, portsOfNow, timersIn } from "./web/host-context.ts";
export { activeSpan, traced, untraced } from "./web/open-telemetry.ts";
export { uuid } from "./web/uuid.ts";
export { readBoundedText, webPorts } from "./web/web-ports.ts";
