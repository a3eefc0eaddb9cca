/** The Whisperr SDK for workers and the background of extensions, where there is no page: the same delivery, with its queue in IndexedDB. */

import type { RegisteredEvents } from "@whisperr/browser";
import {
  addDeviceTraits,
  checkChoice,
  checkTypes,
  type DeviceClient,
  type EventMap,
  type EventSchemas,
  HOLD,
  type Names,
  OPTION_NAMES,
  PUSH,
  type WhisperrOptions,
} from "@whisperr/core";
import { createDisabledClient, nothing } from "./disabled-client.ts";
import type { BrowserOptions } from "./options.ts";
import { sessionAt } from "./page/context.ts";
import { asksNotToBeTracked, deviceTraits } from "./page/device-traits.ts";
import type { Features } from "./page/host.ts";
import { clientOfWorker } from "./worker/client.ts";

export {
  type AnyEvents,
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  type DropReason,
  type EventMap,
  type FetchLike,
  type FlushResult,
  type IdentifyOptions,
  type PushSettings,
  type Schema,
  type Stats,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";

/** Put in at build time, from package.json. */
declare const VERSION: string;

/** What `createWhisperr()` takes. Only `apiKey` is required. */
export interface WorkerOptions
  extends Omit<WhisperrOptions, "outbox">,
    Pick<BrowserOptions, "maxQueueSize" | "maxQueueBytes" | "anonymousEvents" | "traitsFromDevice"> {
  /**
   * Where events wait: `durable` is IndexedDB, which outlives the worker, `memory` stores nothing at all, not even who the visitor
   * is. Without Web Locks (`http:`, Safari before 15.4) events wait in memory either way.
   * @default "durable"
   */
  readonly persistence?: "durable" | "memory" | undefined;
  /**
   * `identify()` and the first operation of a worker leave a second later, with everything else that was called until then.
   * Without it they wait like all others.
   * @default true
   */
  readonly flushAtStart?: boolean | undefined;
  /**
   * Records nothing when the browser says Global Privacy Control, or Do Not Track where workers hear of that.
   * @default false
   */
  readonly respectDoNotTrack?: boolean | undefined;
  /**
   * Adds session (it ends after 30 minutes without an event) and library to every event's context.
   * @default true
   */
  readonly autoContext?: boolean | undefined;
}

const WORKER_OPTION_NAMES: Names<WorkerOptions> = {
  ...OPTION_NAMES,
  anonymousEvents: true,
  traitsFromDevice: true,
  persistence: true,
  flushAtStart: true,
  respectDoNotTrack: true,
  autoContext: true,
};

/** The client of a worker. */
export interface Whisperr<Events extends EventMap = RegisteredEvents> extends DeviceClient<Events> {}

/**
 * Makes the client of a worker, or returns the one there is for this `apiKey`. `flush()` resolves once what it leaves is written as
 * well: `event.waitUntil(whisperr.flush())` keeps a service worker awake until then. A worker has a visitor of its own, whom the
 * page's SDK does not know: call `identify()`, and `optOut()`, in both. Nothing throws. During server rendering the client does
 * nothing.
 * @example
 * const whisperr = createWhisperr({ apiKey: "wrk_…" });
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: WorkerOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return clientOfWorker(options, WORKER_OPTION_NAMES, featuresOf, createDisabled) as Whisperr<Events>;
}

const createDisabled = (): DeviceClient => {
  const { page: _none, ...calls } = createDisabledClient();
  return { ...calls, setPushToken: nothing, setPushPermission: nothing };
};

function featuresOf(options: WorkerOptions): Features {
  const { respectDoNotTrack, anonymousEvents, traitsFromDevice, autoContext } = options;
  checkChoice(options, "persistence", ["durable", "memory"]);
  checkChoice(options, "anonymousEvents", ["send", "hold"]);
  checkTypes("boolean", options, ["flushAtStart", "respectDoNotTrack", "traitsFromDevice", "autoContext"]);
  const library = { name: "@whisperr/browser", version: VERSION };
  return {
    contextOf:
      autoContext === false ? undefined : (page) => ({ session_id: sessionAt(page, page.nowMs()), library }),
    device: {
      silent: respectDoNotTrack === true && asksNotToBeTracked(),
      holds: anonymousEvents === "hold",
      addTraits: traitsFromDevice === false ? undefined : (body) => addDeviceTraits(body, deviceTraits()),
      holding: HOLD,
      pushing: PUSH,
    },
  };
}
