/** The Whisperr SDK for Node.js. */
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
export {
  type ClosableResponse,
  type ClosableServer,
  type CloseOptions,
  closeOnSignal,
  type EndSignal,
} from "./close-on-signal.ts";
export { createWhisperr, type NodeOptions, type Whisperr } from "./create-whisperr.ts";
export { currentWhisperr } from "./current-whisperr.ts";

/** The outbox that a client has unless it is given another: it lives as long as its process. For outboxes built around it. */
export const createMemoryOutbox: () => AppOutbox = createOutbox;
export type { Register, RegisteredEvents } from "./register.ts";
