/** The Whisperr SDK for Node.js. */
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
export { createWhisperr, type NodeOptions, type Whisperr } from "./create-whisperr.ts";
