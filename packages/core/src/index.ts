/** Everything runtime packages build on. Apps install one of those; this package is for SDK authors. */
export { backoffDelayMs } from "./backoff.ts";
export { readBoundedText } from "./bounded-text.ts";
export {
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  type PushSettings,
} from "./channel.ts";
export { type Client, type ClientConfig, createClient } from "./client/client.ts";
export { answered, batchCut } from "./delivery/answering.ts";
export type { Effects, KeptBecause } from "./delivery/effects.ts";
export { abandoned, flushRequested, retryNow, stopRequested, timerFired } from "./delivery/flushing.ts";
export type { Machine } from "./delivery/machine.ts";
export { appended } from "./delivery/queueing.ts";
export { type DeliveryConfig, type DeliveryState, initialState, type Phase } from "./delivery/state.ts";
export type { Device, DeviceClient, DeviceRuntime } from "./device.ts";
export { createDeviceClient } from "./device-client.ts";
export { type DropReason, droppedMessage, retryExhaustedMessage, type WhisperrError } from "./errors.ts";
export type { IdentifyOptions } from "./identify-body.ts";
export type { Identity } from "./identity/identity.ts";
export type { IdentityStore } from "./identity/identity-keeper.ts";
export { ignoreRejection } from "./json.ts";
export { adopt, joinHeld, joinQueue, withdraw } from "./loop/device-queue.ts";

export { abandon, type FlushResult, flush, retry, stop } from "./loop/flush.ts";
export { append } from "./loop/queue.ts";
export { lose, refuse, type Stats, stats } from "./loop/settle.ts";
export { tell } from "./loop/step.ts";
export { createMemoryOutbox } from "./memory-outbox.ts";
export {
  formatMessageId,
  type IdentifyOperation,
  isHeld,
  type Operation,
  type TrackOperation,
} from "./operation.ts";
export {
  checkTypes,
  integer,
  MAX_TIMER_MS,
  type ResolvedOptions,
  resolveOptions,
  type WhisperrOptions,
} from "./options.ts";
export type { Outbox } from "./outbox.ts";
export { type Answer, classifyAnswer, type Outcome } from "./outcome.ts";
export type {
  AbortControllerLike,
  Activity,
  BodyReader,
  FetchInit,
  FetchLike,
  FetchResponse,
  Ports,
  Timers,
} from "./ports.ts";
export {
  createProcessLifecycle,
  type EndListener,
  type ProcessEnd,
  type ProcessLifecycle,
} from "./process-lifecycle.ts";
export { describeThrown, misuse, mustBe, oneOf } from "./refusal.ts";
export { createReporter, printDebug, type Reporter, report, tellApp } from "./report/reporter.ts";
export {
  type AnyEvents,
  createDisabledClient,
  createServerClient,
  diagnostics,
  type EventArguments,
  type EventMap,
  type ServerClient,
  type ServerRuntime,
  type UserClient,
} from "./server-client.ts";
export type { WireEvent } from "./snapshot.ts";
export { parseOperation } from "./stored-operation.ts";
export { createTransport, type RequestUnderWay, type Transport } from "./transport.ts";
export { type Batch, cutBatch, encodeEvent, utf8Bytes } from "./wire.ts";
