/** From options to the client of a worker, and what a later call for the same client gets. */
import {
  attempt,
  checkOptionNames,
  checkSchemas,
  type DeviceClient,
  mustBe,
  type Names,
  resolveOptions,
  syncIdentity,
} from "@whisperr/core";
import { nowMs, timers } from "../clock.ts";
import type { BasicOptions, Features } from "../page/host.ts";
import { sayIgnored } from "../page/ignored.ts";
import { SCAN_EVERY_MS } from "../page/lifecycle.ts";
import { listen } from "../page/listen.ts";
import { withoutMisuse } from "../page/misuse.ts";
import { createPage, type Page } from "../page/page.ts";
import { sendNow } from "../page/sending.ts";
import { sharedByPage } from "../page/shared.ts";
import { storageFailed, waitOut } from "../queue/outbox.ts";
import { end, scan } from "../queue/tab-queue.ts";
import { storagePrefix } from "../storage/storage.ts";
import { ask, call, guarded, makeWaiting, type Opened, statsOf, type Worker } from "./calls.ts";
import { hostOfWorker } from "./host.ts";
import { MAX_OPEN_MS } from "./waiting-calls.ts";
import { openWorkerStorage, type WorkerStorage } from "./worker-storage.ts";

/** Operations kept by default (contract, section 7). */
const MAX_QUEUE_SIZE = 1000;
const MAX_QUEUE_BYTES = 5 * 1024 * 1024;

/** Nothing is returned by these: they can be made later. */
const PLAIN_CALLS = ["track", "identify", "optOut", "optIn", "setPushToken", "setPushPermission"] as const;

/** `names`: of all options. `createDisabled`: for `disabled`, where there is no browser, and where nothing can be made of the options. */
export function clientOfWorker<Options extends BasicOptions>(
  given: Options,
  names: Names<object>,
  featuresOf: (options: Options) => Features,
  createDisabled: () => DeviceClient,
): DeviceClient {
  const { said, clients, given: givenTo } = sharedByPage();
  const made = withoutMisuse(given, said, (options) => {
    mustBe(typeof options === "object" && options, "what createWhisperr() takes", "an object", options);
    if (options.disabled === true) return undefined;
    const resolved = resolveOptions(options, {
      maxQueueSize: MAX_QUEUE_SIZE,
      maxQueueBytes: MAX_QUEUE_BYTES,
    });
    checkSchemas(options);
    const features = featuresOf(options);
    // A server that renders pages.
    if (!("indexedDB" in globalThis)) return undefined;
    const existing = clients.get(resolved.apiKey);
    const first = existing && givenTo.get(existing);
    if (first) sayIgnored({ ...first.options }, Object.fromEntries(Object.entries(options)), first.said);
    if (existing) return existing as DeviceClient;
    checkOptionNames(options, names, "createWhisperr()", (message) => console.warn(message));
    const client = newClient({ options, resolved, features });
    givenTo.set(client, { options, said: new Set() });
    return client;
  });
  return made ?? createDisabled();
}

function newClient(given: Pick<Worker, "options" | "resolved" | "features">): DeviceClient {
  const worker: Worker = {
    ...given,
    waiting: [],
    missed: 0,
    atMs: undefined,
    soon: undefined,
    opened: undefined,
    isAgreeing: false,
    ending: undefined,
  };
  const { clients } = sharedByPage();
  const { apiKey } = worker.resolved;
  const plain = PLAIN_CALLS.map((name) => [
    name,
    (...args: readonly unknown[]) => void attempt(() => call(worker, name, args)),
  ]);
  const client = {
    ...Object.fromEntries(plain),
    flush: (settings?: unknown) => guarded(worker, () => ask(worker, "flush", settings)),
    reset: () => guarded(worker, () => ask(worker, "reset")),
    shutdown(settings?: unknown) {
      const stopped = guarded(worker, () => {
        if (clients.get(apiKey) === client) clients.delete(apiKey);
        return ask(worker, "shutdown", settings);
      });
      worker.ending ??= stopped;
      return worker.ending;
    },
    stats: () => statsOf(worker),
  } as DeviceClient;
  clients.set(apiKey, client);
  open(worker);
  return client;
}

/** At once where nothing is stored; else as soon as the storage can be read. */
function open(worker: Worker): void {
  const { options, resolved } = worker;
  if (options.persistence === "memory") return start(worker);
  const prefix = storagePrefix(resolved.apiKey);
  const timer = timers.set(() => start(worker), MAX_OPEN_MS);
  const opening = openWorkerStorage(prefix, {
    identityChanged: (text) => worker.opened && syncIdentity(worker.opened.page, text),
    failed: () => worker.opened && storageFailed(worker.opened.page),
  });
  const started = (stored?: WorkerStorage) => {
    timers.clear(timer);
    // It took too long.
    if (worker.opened) stored?.close();
    else start(worker, stored);
  };
  opening.then(started, () => started());
}

/** It is known who the user is, or that it is not stored. */
function start(worker: Worker, stored?: WorkerStorage): void {
  const { options, resolved, features } = worker;
  const prefix = storagePrefix(resolved.apiKey);
  const host = hostOfWorker(options, features, prefix, () => worker.atMs ?? nowMs(), stored);
  // What is to leave at the start does so a moment later than from a page: see `soon()`.
  const { api, page } = createPage({ ...options, flushAtStart: false }, resolved, host);
  worker.opened = { api: api as unknown as Opened["api"], page, stored, stop: watchWorker(page) };
  makeWaiting(worker);
}

/** The network comes back; other workers end. Returns what stops it. */
function watchWorker(page: Page): () => void {
  const stops: (() => void)[] = [];
  let timer: unknown;
  function lookForOthers(): void {
    timer = timers.set(lookForOthers, SCAN_EVERY_MS);
    // A client that is being shut down recovers nothing more.
    if (!page.stopping) scan(page);
  }
  // A test in Node.js may have put up an IndexedDB, but no worker around it.
  if (typeof globalThis.addEventListener === "function")
    listen(page, stops, globalThis as unknown as EventTarget, "online", () => sendNow(page));
  timer = timers.set(lookForOthers, SCAN_EVERY_MS);
  return () => {
    for (const stop of stops) stop();
    timers.clear(timer);
    waitOut(page, []);
    end(page);
  };
}
