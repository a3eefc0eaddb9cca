/** Everything runtime packages build on. Apps install one of those; this package is for SDK authors. */
export { backoffDelayMs } from "./backoff.ts";
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
export { createEffectLoop, type EffectLoop, type LoopConfig } from "./effect-loop.ts";
export type { DropReason, WhisperrError } from "./errors.ts";
export type { FlushResult } from "./flush-callers.ts";
export type { IdentifyOptions } from "./identify-body.ts";
export { describeThrown, ignoreRejection } from "./json.ts";
export type { Stats } from "./ledger.ts";
export { createMemoryOutbox } from "./memory-outbox.ts";
export type { IdentifyOperation, Operation, TrackOperation } from "./operation.ts";
export {
  integer,
  MAX_TIMER_MS,
  misuse,
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
export { createTransport, type RequestUnderWay, type Transport } from "./transport.ts";
export { type Batch, cutBatch, encodeEvent } from "./wire.ts";
