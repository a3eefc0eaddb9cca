/** The Whisperr SDK for browsers. */
export {
  type AnyEvents,
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  type DropReason,
  type EventArguments,
  type EventMap,
  type EventName,
  type FetchLike,
  type FlushResult,
  type IdentifyOptions,
  type PushSettings,
  type Schema,
  type Stats,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";
export { createWhisperr, type Whisperr } from "./create-whisperr.ts";
export type { BrowserOptions } from "./options.ts";
export type { Register, RegisteredEvents } from "./register.ts";
