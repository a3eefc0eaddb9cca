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
export type { Effect } from "./delivery/effect.ts";
export type { Input } from "./delivery/input.ts";
export { type DeliveryConfig, type DeliveryState, initialState, type Phase } from "./delivery/state.ts";
export type { Step } from "./delivery/step.ts";
export { transition } from "./delivery/transition.ts";
export type { Device, DeviceClient, DeviceRuntime } from "./device.ts";
export { createDeviceClient } from "./device-client.ts";
export type { DeviceQueue } from "./device-queue.ts";
export { createEffectLoop } from "./effect-loop.ts";
export { type DropReason, droppedMessage, retryExhaustedMessage, type WhisperrError } from "./errors.ts";
export type { FlushResult } from "./flush-callers.ts";
export type { IdentifyOptions } from "./identify-body.ts";
export type { Identity } from "./identity/identity.ts";
export type { IdentityStore } from "./identity/identity-keeper.ts";
export { ignoreRejection } from "./json.ts";
export type { Stats } from "./ledger.ts";
export type { EffectLoop, LoopConfig } from "./loop.ts";
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
export { createReporter, type Reporter } from "./reporter.ts";
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
