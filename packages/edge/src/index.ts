/** The Whisperr SDK for edge runtimes. */
export {
  type AnyEvents,
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  createMemoryOutbox,
  type DropReason,
  type EventMap,
  type FetchLike,
  type FlushResult,
  type IdentifyOptions,
  type Operation,
  type Outbox,
  type PushSettings,
  type Stats,
  type UserClient,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";
export { createWhisperr, type Whisperr } from "./client/create-whisperr.ts";
export type { PlatformOutbox } from "./hand-over/platform-outbox.ts";
export type { EdgeOptions, WaitUntil, WhisperrEdgeOptions } from "./options.ts";
