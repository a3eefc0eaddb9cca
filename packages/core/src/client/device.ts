/** What the client of a device is, what it needs of its runtime, and what that needs of it. */

import type { AnyEvents, EventArguments, EventMap, EventName } from "../events/event-types.ts";
import type { IdentifyBody, IdentifyOptions } from "../events/identify-body.ts";
import type { Recorder } from "../events/recorder.ts";
import type { IdentityKeeper, IdentityStore } from "../identity/identity-keeper.ts";
import type { FlushResult, Stats } from "../loop/books.ts";
import type { Client } from "./client.ts";
import type { HOLD } from "./device-hold.ts";
import type { PUSH } from "./device-push.ts";

/** The client of one device or browser profile. Nothing here throws or blocks; trouble goes to `onError`. */
export interface DeviceClient<Events extends EventMap = AnyEvents> extends DeviceCalls<Events>, PushCalls {}

/** The calls that every device has. */
export interface DeviceCalls<Events extends EventMap = AnyEvents> {
  /** Records that the user, or the visitor before there is one, did something, now. */
  track<Name extends keyof Events & string>(
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name]>
  ): void;
  /** Says who uses this device from now on. A visitor's earlier events become theirs. */
  identify(userId: string, options?: IdentifyOptions): void;
  /**
   * Delivers everything queued before the call. `timeoutMs` (0 or more; default: none; what is no number counts as 10,000)
   * bounds the wait: at the deadline it resolves with what waits then, and delivery goes on. Never rejects; see `FlushResult`.
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult>;
  /** Logout: starts a flush of what is queued, and forgets user, push token and visitor at once. Resolves with the flush. */
  reset(): Promise<FlushResult>;
  /** Discards what is queued and records nothing more, on later visits either, until `optIn()`. */
  optOut(): void;
  /** Undoes `optOut()`. A push token is registered again when it is set again. */
  optIn(): void;
  /** What became of every call so far: `accepted = delivered + dropped + pending`, at every moment. */
  stats(): Stats;
  /**
   * Flushes, then stops for good: later calls are reported, not queued. `timeoutMs` (as for `flush()`) bounds the
   * wait. Calling it again returns the same promise.
   */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult>;
}

/** The calls of a device that can get push notifications. */
export interface PushCalls {
  /** This device's token for push notifications, as often as you like: sent when it, or its user, is new. */
  setPushToken(token: string, settings?: TokenSettings): void;
  /** What the device's owner says about notifications. Denied, the token is opted out until they are granted again. */
  setPushPermission(permission: "granted" | "authorized" | "provisional" | "denied"): void;
}

/** What is known of a push token beside its text. */
export interface TokenSettings {
  readonly kind?: string | undefined;
  readonly platform?: string | undefined;
  readonly pushEnv?: string | undefined;
}

/** What a device brings beside the ports of every runtime. What is absent it does not do. */
export interface Device {
  readonly identityStore: IdentityStore;
  /** The user wants no tracking at all: every call is counted as `opted_out`. */
  readonly silent?: boolean;
  /** Events wait for `identify()` instead of going out under the visitor's id, by means of `holding`. */
  readonly holds?: boolean;
  /** What every event's context gets beside the app's own. */
  readonly context?: (() => object) | undefined;
  /** Adds the traits that the device knows to an identify. */
  readonly addTraits?: ((body: IdentifyBody) => void) | undefined;
  readonly holding?: typeof HOLD | undefined;
  readonly pushing?: typeof PUSH | undefined;
}

/** A client that knows who uses its device. */
export interface DeviceRecord extends Client, IdentityKeeper {
  readonly device: Device;
  readonly recorder: Recorder;
}

/** What the app gets, and the record behind it for the runtime's own use. */
export interface DeviceRuntime<Events extends EventMap> {
  readonly api: DeviceClient<Events>;
  readonly client: DeviceRecord;
}
