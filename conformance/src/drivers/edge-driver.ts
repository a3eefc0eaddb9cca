/**
 * The driver on edge runtimes: it lives in one request that lasts as long as its session, and so does the client.
 * Timers and fetch are the runner's to watch; the link to the runner keeps the platform's own.
 */

import type { WaitUntilKind } from "../protocol.ts";
import { appValues } from "./app-values.ts";
import { captureConsole } from "./captured-console.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import { incomingRequests, type RequestContext } from "./incoming-requests.ts";
import { fetchLink, pull } from "./pull.ts";
import { drivenServers, type ServerSdk } from "./server-sdk.ts";
import { settle } from "./settle.ts";
import { installVirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";

/** The request the driver lives in. */
export interface DriverRequest {
  /** The control address, as the value of `control` in its query. */
  readonly url: string;
  waitUntil(promise: Promise<unknown>): void;
  /** Where the runtime can tell in which request code runs. */
  readonly context?: RequestContext;
}

/** Most cases are written for a client whose process lasts: this one's request lasts as long, and so its waits may. */
const AS_LASTING: Record<string, unknown> = {
  flushIntervalMs: 10_000,
  backoff: { baseMs: 1000, maxMs: 30_000 },
  waitUntilTimeoutMs: 2_147_483_647,
};

function lasting(options: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  return { ...options, ...AS_LASTING, ...Object.fromEntries(given) };
}

/** Answers the request when the runner has said bye. Needs virtual time: a process of its own per case it cannot have. */
export async function driveRequest(
  sdk: ServerSdk,
  { url, waitUntil, context }: DriverRequest,
): Promise<Response> {
  const realFetch = fetch;
  const realSetTimeout = setTimeout;
  const output = captureConsole();
  const time = installVirtualTime();
  const io = watchFetch((...args) => realFetch(...args));
  const incoming = incomingRequests({
    fetch: io.fetch,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    waitUntil,
    context,
  });
  globalThis.fetch = incoming.fetch;
  globalThis.setTimeout = incoming.setTimeout as typeof setTimeout;
  let kind: WaitUntilKind | undefined;
  const host: SdkHost = {
    async prepare(creation) {
      kind = creation.waitUntil;
      incoming.startOver();
    },
    ...drivenServers(sdk, (options) => ({
      ...(kind === undefined ? lasting(options) : options),
      ...incoming.waitUntil(kind ?? "works"),
    })),
    within: incoming.within,
    holds: incoming.holds,
    cut: incoming.cut,
    special: appValues(sdk.channel),
    io,
    time,
    output,
    async settle() {
      await settle((run) => realSetTimeout(run, 0));
      if (kind === "works") incoming.endUnheld();
    },
    listeners: () => 0,
  };
  const control = new URL(url).searchParams.get("control") ?? "";
  await pull(fetchLink(control, realFetch), createDriver(host));
  return new Response("bye");
}
