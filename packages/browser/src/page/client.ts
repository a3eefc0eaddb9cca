/** From options to the client of the page, and what a later call for the same client gets. */
import {
  attempt,
  checkOptionNames,
  checkSchemas,
  checkTestRun,
  type DeviceCalls,
  type DeviceClient,
  misuse,
  mustBe,
  type Names,
  outsideZones,
  resolveOptions,
} from "@whisperr/core";
import { type BasicOptions, type Features, hostOfPage } from "./host.ts";
import { sayIgnored } from "./ignored.ts";
import { watchLifecycle } from "./lifecycle.ts";
import { withoutMisuse } from "./misuse.ts";
import { createPage } from "./page.ts";
import { sharedByPage } from "./shared.ts";

/** What every entry of this package gives the app. */
export interface PageCalls extends DeviceCalls {
  page(properties?: object | null, context?: object | null): void;
}

/** Operations kept by default (contract, section 7). */
const MAX_QUEUE_SIZE = 1000;
const MAX_QUEUE_BYTES = 5 * 1024 * 1024;

const ELSEWHERE = "use @whisperr/browser/worker; React Native has no package yet";

/** Servers that render pages have no document, or half of one. An element can take the place of the method. */
export const isOnPage = (): boolean =>
  [globalThis.window, globalThis.document].every((one) => one?.addEventListener) &&
  [typeof location, typeof navigator].every((type) => type === "object");

/**
 * `names`: of all options that the entry takes. `createDisabled`: for `disabled`, where there is no page, and where nothing can be made of the options. `featuresOf` throws
 * when an option makes no sense.
 */
export function clientOfPage<Options extends BasicOptions>(
  given: Options,
  names: Names<object>,
  featuresOf: (options: Options) => Features,
  createDisabled: () => PageCalls,
): PageCalls {
  const shared = sharedByPage();
  const made = withoutMisuse(given, shared.said, (options) => {
    mustBe(typeof options === "object" && options, "what createWhisperr() takes", "an object", options);
    if (options.disabled === true) return undefined;
    const existing = shared.clients.get(options.apiKey?.trim?.() as string);
    // What it listens to is no work of a framework that waits until all is still.
    if (!existing) return outsideZones(() => newClient(options, names, featuresOf));
    const first = shared.given.get(existing);
    if (first) sayIgnored({ ...first.options }, Object.fromEntries(Object.entries(options)), first.said);
    return existing as PageCalls;
  });
  return made ?? createDisabled();
}

/** Undefined where there is no page. */
function newClient<Options extends BasicOptions>(
  options: Options,
  names: Names<object>,
  featuresOf: (options: Options) => Features,
): PageCalls | undefined {
  const { clients, given, said } = sharedByPage();
  const resolved = resolveOptions(options, { maxQueueSize: MAX_QUEUE_SIZE, maxQueueBytes: MAX_QUEUE_BYTES });
  checkSchemas(options);
  const { apiKey } = resolved;
  const features = featuresOf(options);
  if (!isOnPage()) {
    // Browsers say so, in workers too, and React Native; no server does.
    if (globalThis.navigator?.product) throw misuse(ELSEWHERE);
    return undefined;
  }
  checkOptionNames(options, names, "createWhisperr()", (message) => console.warn(message));
  checkTestRun(
    resolved,
    options,
    // Where a test runner runs pages in Node.
    (name) => (globalThis as { process?: { env?: Record<string, string> } }).process?.env?.[name],
    "createTestWhisperr() of @whisperr/browser/testing, disabled: true, or the baseUrl of a server of yours",
    said,
    (message) => console.warn(message),
  );
  const { api, page } = createPage(options, resolved, hostOfPage(options, apiKey, features));
  const stopWatching = watchLifecycle(page);
  const stops: (() => void)[] = [];

  const client: PageCalls = {
    ...api,
    page: (properties, context) => (api as DeviceClient).track("page_viewed", properties, context),
    shutdown(settings) {
      for (const stop of stops) stop();
      // Called again, later, it leaves the client alone that has taken its place.
      if (clients.get(apiKey) === client) clients.delete(apiKey);
      const stopped = api.shutdown(settings);
      void stopped.then(stopWatching);
      return stopped;
    },
  };
  // What a person wants, they want of the whole origin, whatever the key.
  for (const choice of ["optOut", "optIn"] as const)
    client[choice] = () => {
      for (const one of new Set([client, ...clients.values()])) given.get(one)?.api?.[choice]();
    };
  // Whoever calls, what comes of it is no task of a zone that a framework watches. Nothing gets out, whatever the page has broken.
  const calls = client as unknown as { [name: string]: (...args: readonly unknown[]) => unknown };
  for (const [name, call] of Object.entries(calls))
    calls[name] = (...args) =>
      attempt(() => outsideZones(() => call.apply(undefined, args as unknown[])), undefined);
  clients.set(apiKey, client);
  given.set(client, { options, said: new Set(), api });
  // Last: the first view may call the app's beforeSend, and that may ask for this client.
  features.watchViews?.(page, client, stops);
  return client;
}
