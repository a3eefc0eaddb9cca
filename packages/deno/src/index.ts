/** The Whisperr SDK for Deno. */
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
export { createWhisperr, type DenoOptions, type Whisperr } from "./create-whisperr.ts";
export type { KvAtomic, KvKey, KvLike } from "./kv-api.ts";
export { type KvOutbox, type KvOutboxOptions, openKvOutbox } from "./kv-outbox.ts";
