/** The Whisperr SDK for Deno. */
import { type AppOutbox, createMemoryOutbox as createOutbox } from "@whisperr/core";

export {
  type AnyEvents,
  type AppOutbox as Outbox,
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
  type QueuedOperation as Operation,
  type Schema,
  type Stats,
  type UserClient,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";
export { createWhisperr, type DenoOptions, type Whisperr } from "./create-whisperr.ts";
export type { KvAtomic, KvCommit, KvCommitError, KvEntry, KvKey, KvLike, KvReading } from "./kv-api.ts";
export { type KvOutbox, type KvOutboxOptions, openKvOutbox } from "./kv-outbox.ts";

/** The outbox that a client has unless it is given another: it lives as long as its process. For outboxes built around it. */
export const createMemoryOutbox: () => AppOutbox = createOutbox;
export type { Register, RegisteredEvents } from "./register.ts";
