/**
 * The client of one page, put together: core's record of a client, with everything more that there is to know about a page.
 * What the rooms of this package hold are functions over it.
 */
import {
  AHEAD,
  createDeviceClient,
  createReporter,
  type DeviceClient,
  type DeviceRecord,
  type EventMap,
  type Ports,
  type ResolvedOptions,
} from "@whisperr/core";
import { effectsOf } from "../queue/effects.ts";
import type { InFlight } from "../queue/in-flight.ts";
import { isReady, LEASE_MS, outboxOf, storageFailed } from "../queue/outbox.ts";
import { newTabQueue, type TabQueue } from "../queue/state.ts";
import { createIdentityStore } from "../storage/identity-store.ts";
import { nowhere } from "../storage/storage.ts";
import type { PageContext } from "./context.ts";
import type { BasicOptions, PageHost } from "./host.ts";
import { isOptedOut, startSeen } from "./lifecycle.ts";
import { aheadBytes, KEEPALIVE_BYTES, maxBodyBytes, send } from "./sending.ts";

export interface Page extends DeviceRecord, Omit<PageHost, "device">, TabQueue {
  // What may be under way
  /** The key of the note on what this page has in flight. */
  note: string;
  /** The longest time for which a request of a page that is gone is waited for. */
  readonly leaseMs: number;
  /** The timer that ends it; while it is set nothing is sent. */
  lease: unknown;
  /** Reads on in the queues of other pages, as long as it is this. */
  reading: (() => void) | undefined;
  /** What it is that may be in flight. */
  awaited: InFlight;
  /** When the visitor came. */
  sinceMs: number;
  /** When a request failed without an answer, the last time. */
  failedAtMs: number;
  /** That one had `keepalive`, which the browser may have refused. */
  wasRefused: boolean;
  /** Requests in flight that end with the page. */
  frail: number;
  /** What its link takes in one request, as far as that was measured; at first what outlives the page. */
  bodyBytes: number;

  /** Its first operation was queued. */
  hasSpoken: boolean;
  /** What is queued now is sent as soon as the app's code has run; always true where nothing is to be sent that early. */
  isHurried: boolean;

  /** The session of the last event, as it is stored. */
  session: string;
  /** While a view is recorded: of which page. The visitor may be on another one already. */
  viewed?: PageContext | undefined;
  /** And when the visitor saw it, in ms. */
  viewedAtMs?: number | undefined;
}

/** Starts at once, if it is seen. */
export function createPage<Events extends EventMap>(
  options: BasicOptions,
  resolved: ResolvedOptions,
  { device, ...host }: PageHost,
): { readonly api: DeviceClient<Events>; readonly page: Page } {
  const { contextOf, storage } = host;
  const page = {
    ...host,
    ...newTabQueue(),
    note: "",
    leaseMs: Math.min(LEASE_MS, resolved.requestTimeoutMs),
    reading: undefined,
    awaited: [] as InFlight,
    sinceMs: host.nowMs(),
    failedAtMs: 0,
    wasRefused: false,
    frail: 0,
    bodyBytes: KEEPALIVE_BYTES,
    hasSpoken: false,
    isHurried: options.flushAtStart === false,
    session: "",
    // Core adds what makes it a client.
  } as Page;
  page.tabEffects = effectsOf(page);
  const ports: Ports = {
    ...host,
    nowMs: () => page.viewedAtMs ?? host.nowMs(),
    fetch: (url, init) => send(page, url, init),
    maxBodyBytes,
    sendingAhead: AHEAD,
    aheadBytes,
    isReady,
  };
  const { api } = createDeviceClient<Events>(
    options,
    resolved,
    outboxOf(page),
    createReporter({ ...resolved, onError: options.onError }, ports),
    ports,
    {
      ...device,
      identityStore: createIdentityStore(storage, host.origin, host.prefix),
      context: contextOf && (() => contextOf(page)),
    },
    page,
  );
  if (isOptedOut(page)) api.optOut();
  startSeen(page);
  if (storage === nowhere) storageFailed(page);
  return { api, page };
}
