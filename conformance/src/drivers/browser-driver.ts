/**
 * The driver in a page of a real browser. One page serves all cases of a subject, and a device is what it stores: that
 * goes before each case, and stays when a case reloads the page.
 */
import type { CallForm } from "../protocol.ts";
import { appValues } from "./app-values.ts";
import { clearDevice } from "./device-storage.ts";
import type { DrivenClient } from "./driven-app.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import { knowUser } from "./known-user.ts";
import { type ControlLink, pull } from "./pull.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";
import { watchListeners } from "./watched-listeners.ts";

/** What is used of `@whisperr/browser`. */
export interface BrowserSdk {
  createWhisperr: (options: never) => object;
  channel: object;
}

type ClientMethods = Omit<DrivenClient, "call"> & Record<string, (...args: unknown[]) => unknown>;

/** What only client SDKs do by themselves is off in cases that server SDKs share; and their queue is as long. */
const AS_SERVERS: Record<string, unknown> = {
  autoContext: false,
  pageViews: false,
  traitsFromDevice: false,
  maxQueueSize: 10_000,
};

/** Outlives the page: how many requests were made on this device. */
const REQUESTS = "requests";

export async function drivePage(sdk: BrowserSdk, time: VirtualTime): Promise<void> {
  const link = openLink(fetch.bind(globalThis));
  const output = captureConsole();
  const countRequest = () => sessionStorage.setItem(REQUESTS, String(requestsMade() + 1));
  const io = watchFetch(fetch.bind(globalThis), countRequest);
  globalThis.fetch = io.fetch;
  const listeners = watchListeners([window, document]);
  let client: ClientMethods | undefined;
  let isNew = false;
  let hasPredecessor = false;

  const host: SdkHost = {
    async prepare(again) {
      void client?.shutdown({ timeoutMs: 0 });
      client = undefined;
      await time.advance(1);
      await settle(1);
      if (!again) await clearDevice();
      hasPredecessor = again;
      isNew = true;
    },
    create(options, form) {
      const all = form === "server" ? { ...AS_SERVERS, ...options } : options;
      client = sdk.createWhisperr(all as never) as ClientMethods;
      return drivenClient(client, form, options.apiKey);
    },
    special: appValues(sdk.channel),
    io: { ...io, idle: () => ({ ...io.idle(), requests: requestsMade() }) },
    time,
    output,
    settle() {
      const rounds = isNew || hasPredecessor ? TAKEOVER_ROUNDS : 1;
      isNew = false;
      return settle(rounds);
    },
    listeners,
  };
  const last = await pull(link, createDriver(host));
  if (last.do === "reload") location.reload();
}

function drivenClient(client: ClientMethods, form: CallForm, apiKey: unknown): DrivenClient {
  return {
    call(name, args, bound) {
      if (bound) throw new Error("client SDKs have no forUser()");
      if (form === "server") knowUser(apiKey, args[0]);
      const passed = form === "server" && name === "track" ? args.slice(1) : args;
      return client[name]?.(...passed);
    },
    flush: () => client.flush(),
    shutdown: (options) => client.shutdown(options),
    stats: () => client.stats(),
  };
}

function openLink(realFetch: typeof fetch): ControlLink {
  // The page is served at <control>/page.
  const control = new URL(".", location.href);
  const text = async (path: string, init: RequestInit) =>
    (await realFetch(new URL(path, control), { cache: "no-store", ...init })).text();
  return {
    next: () => text("next", {}),
    post: (result) => text("result", { method: "POST", body: result }),
  };
}

/** Taking over the lanes of earlier pages takes one lock after the other: its own, theirs, and what they still hold. */
const TAKEOVER_ROUNDS = 3;

/** A lock asked for earlier is granted by the time the question after it is answered. */
async function settle(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await navigator.locks.query();
    await macrotask();
  }
  await macrotask();
}

/** One for all rounds: ports that nobody holds may be collected with a message under way. */
const channel = new MessageChannel();

/** Not a timer: those are the runner's, and browsers slow them down. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

function requestsMade(): number {
  return Number(sessionStorage.getItem(REQUESTS));
}

function captureConsole(): string[] {
  const output: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug"] as const) {
    console[name] = (...args: unknown[]) => void output.push(args.map(String).join(" "));
  }
  addEventListener("error", ({ message }) => output.push(message));
  addEventListener("unhandledrejection", ({ reason }) => output.push(`unhandled rejection: ${reason}`));
  return output;
}
