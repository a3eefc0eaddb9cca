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
import { type OtherPage, openOtherPage } from "./other-page.ts";
import {
  AS_SERVERS,
  captureOutput,
  countRequest,
  openLink,
  outlivingRequests,
  requestsMade,
  settle,
} from "./page.ts";
import { browserAsks, forgetSignals, goBack, signal } from "./page-signals.ts";
import { pull } from "./pull.ts";
import { type Stats, summedStats } from "./summed-stats.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { watchDatabases } from "./watched-databases.ts";
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
  const output = captureOutput();
  const io = watchFetch(fetch.bind(globalThis), countRequest);
  globalThis.fetch = io.fetch;
  const listeners = watchListeners([window, document]);
  const databases = watchDatabases(window);
  /** Of this page, then of the other one. */
  let clients: ClientMethods[] = [];
  let other: OtherPage<BrowserSdk> | undefined;
  /** Of pages that are closed. */
  let past: Stats[] = [];
  let given: Record<string, unknown> = {};
  let isNew = false;
  let hasPredecessor = false;
  /** How often the app makes its client. */
  let times = 1;

  const host: SdkHost = {
    async prepare({ again = false, privacy, twice = false }) {
      for (const client of clients) void client.shutdown({ timeoutMs: 0 });
      clients = [];
      past = [];
      await time.advance(1);
      await settle(1);
      other?.close();
      other = undefined;
      if (!again) await clearDevice();
      forgetShared();
      forgetSignals();
      goBack();
      browserAsks(privacy);
      hasPredecessor = again;
      times = twice ? 2 : 1;
      isNew = true;
    },
    create(options, form) {
      given = form === "server" ? { ...AS_SERVERS, ...options } : options;
      for (let time = 0; time < times; time++)
        clients = [sdk.createWhisperr(given as never) as ClientMethods];
      return drivenClient({ clients, past }, 0, form, options.apiKey);
    },
    async elsewhere() {
      other ??= await openOtherPage<BrowserSdk>();
      clients[1] ??= other.sdk.createWhisperr(given as never) as ClientMethods;
      return drivenClient({ clients, past }, 1, "client", given.apiKey);
    },
    close() {
      const [client] = clients.splice(1);
      if (client) past.push(withoutPending(client.stats() as Stats));
      other?.close();
      other = undefined;
    },
    signal,
    navigate: (to) => history.pushState(null, "", to),
    special: appValues(sdk.channel),
    io: { ...io, idle: () => ({ ...io.idle(), requests: requestsMade(), span: undefined }) },
    time,
    output,
    async settle() {
      const rounds = isNew || hasPredecessor || other ? TAKEOVER_ROUNDS : 1;
      isNew = false;
      await other?.heard();
      const pages = other ? [window, other.window] : [window];
      await settle(rounds, pages);
      // One that never answers is the page's own affair.
      for (let left = MAX_DATABASE_ROUNDS; left > 0 && databases() > 0; left--) await settle(1, pages);
    },
    listeners,
    outliving: outlivingRequests,
  };
  const last = await pull(link, createDriver(host));
  if (last.do !== "reload") return;
  goBack();
  location.reload();
}

/** What a page leaves behind is accepted by the one that takes it over. */
const withoutPending = ({ accepted, pending, ...stats }: Stats): Stats => ({
  ...stats,
  accepted: accepted - pending,
  pending: 0,
});

/** Those of all open pages, which have one end; and the figures of those that are closed. */
interface Pages {
  readonly clients: readonly ClientMethods[];
  readonly past: readonly Stats[];
}

function drivenClient({ clients, past }: Pages, page: number, form: CallForm, apiKey: unknown): DrivenClient {
  const client = clients[page] as ClientMethods;
  return {
    call(name, args, bound) {
      if (bound) throw new Error("client SDKs have no forUser()");
      if (form === "server") knowUser(apiKey, args[0]);
      const passed = form === "server" && name === "track" ? args.slice(1) : args;
      return client[name]?.(...passed);
    },
    flush: (options) => client.flush(options),
    async shutdown(options) {
      const [result] = await Promise.all(clients.map((one) => one.shutdown(options)));
      return result;
    },
    stats: () => summedStats([...clients.map((one) => one.stats() as Stats), ...past]),
  };
}

/** Each case is the first one on its page: what clients of other cases used of its budget counts no more. */
function forgetShared(): void {
  const shared = Reflect.get(globalThis, Symbol.for("whisperr.browser")) as
    | { keepalive: Set<unknown>; said: Set<unknown> }
    | undefined;
  shared?.keepalive.clear();
  shared?.said.clear();
}

/** Recovering the queues of earlier pages takes a round for locks, and one for what stands in them. */
const TAKEOVER_ROUNDS = 3;

/** Some seconds. */
const MAX_DATABASE_ROUNDS = 10_000;
