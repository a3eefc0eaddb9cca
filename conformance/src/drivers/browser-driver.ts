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
import { AS_SERVERS, captureConsole, countRequest, openLink, requestsMade, settle } from "./page.ts";
import { pull } from "./pull.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";
import { watchListeners } from "./watched-listeners.ts";

/** What is used of `@whisperr/browser`. */
export interface BrowserSdk {
  createWhisperr: (options: never) => object;
  channel: object;
}

type ClientMethods = Omit<DrivenClient, "call"> & Record<string, (...args: unknown[]) => unknown>;

export async function drivePage(sdk: BrowserSdk, time: VirtualTime): Promise<void> {
  const link = openLink(fetch.bind(globalThis));
  const output = captureConsole();
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

/** Taking over the lanes of earlier pages takes one lock after the other: its own, theirs, and what they still hold. */
const TAKEOVER_ROUNDS = 3;
