/**
 * The API of `@whisperr/web` 0.2 over this SDK, for apps that move call by call: the old calls mean what they meant, and what is
 * delivered, and how, is new. `docs/migrating.md` has the new calls.
 */
import { attempt, type DropReason } from "@whisperr/core";
import {
  type BrowserOptions,
  type Channel,
  createWhisperr,
  type IdentifyOptions,
  type Whisperr as NewWhisperr,
} from "./index.ts";
import { asksNotToBeTracked } from "./page/device-traits.ts";
import { sharedByPage } from "./page/shared.ts";
import { OPT_OUT } from "./storage/keys.ts";
import { openStorage } from "./storage/storage.ts";

/** A channel as `identify()` of 0.2 takes it. `type` is `email`, `sms` or `push`: the API refuses others. */
export type WhisperrChannel = Channel;

/** What `identify()` takes beside the user. */
export interface IdentifyParams extends IdentifyOptions {}

/** What `onError` gets: what 0.2 said, and more. */
export interface WhisperrError {
  /** What became of the operations: dropped, or kept for a later flush. */
  readonly type: "auth" | "dropped" | "retry_exhausted";
  /** For people. */
  readonly message: string;
  /** The HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** Why they were dropped. */
  readonly reason?: DropReason | undefined;
}

/** What `init()` takes: the options of 0.2, and all of this SDK. */
export interface WhisperrOptions extends Omit<BrowserOptions, "apiKey" | "pageViews"> {
  /** The ingestion key, `wrk_…`. */
  readonly apiKey: string;
  /**
   * Records `page_viewed` at load and at each navigation: `pageViews` of this SDK.
   * @default true
   */
  readonly autocapturePageviews?: boolean | undefined;
}

/** The client of 0.2. */
export interface WhisperrApi {
  /** Says who the visitor is from now on. */
  identify(externalUserId: string, params?: IdentifyParams): void;
  /** Records that the visitor did something, now. */
  track(eventType: string, properties?: Record<string, unknown>, context?: Record<string, unknown>): void;
  /** Records `page_viewed`, with the name among its properties. */
  page(name?: string, properties?: Record<string, unknown>): void;
  /** Delivers what waits. Resolves when that is done, or kept for later. */
  flush(): Promise<void>;
  /** Logout: what comes next is another visitor's. */
  reset(): void;
  /** Undoes `optOut()`. */
  optIn(): void;
  /** Discards what waits and records nothing more, until `optIn()`. */
  optOut(): void;
  /** It was made in a browser, and records: neither `disabled`, nor for somebody who had opted out. */
  readonly ready: boolean;
}

const GUIDE = "https://github.com/whisperr/whisperr-js/blob/main/docs/migrating.md";

let current: WhisperrApi | undefined;

/** The singleton of 0.2. */
export const Whisperr = {
  /**
   * Makes the client, which is `window.whisperr` too, or returns the one there is, whatever the options. During server rendering
   * it returns one that does nothing. Nothing throws.
   * @example
   * const whisperr = Whisperr.init({ apiKey: "wrk_…" });
   */
  init(options: WhisperrOptions): WhisperrApi {
    if (current) return current;
    const api = apiOf(options);
    if (typeof document !== "object") return api;
    current = api;
    publish(api);
    return api;
  },
  /** The client, or null where `init()` was not called. */
  get instance(): WhisperrApi | null {
    return current ?? null;
  },
};

/** As 0.2 had it, too. @alias */
export default Whisperr;

/** A client that is not the singleton, as 0.2 made it with `new`. One key has one queue: it shares that with others of its key. */
export type WhisperrClient = WhisperrApi;
export const WhisperrClient = function makeClient(options: WhisperrOptions) {
  return apiOf(options);
} as unknown as new (
  options: WhisperrOptions,
) => WhisperrApi;

/** `load()` is what pages with the script of 0.2 call, once the script is there too. */
function publish(api: WhisperrApi): void {
  const load = (apiKey: string, options?: object) => Whisperr.init({ ...options, apiKey });
  try {
    (globalThis as { whisperr?: unknown }).whisperr = Object.assign(api, { load });
  } catch {
    // The page has frozen its global object.
  }
}

function apiOf(given: WhisperrOptions): WhisperrApi {
  const { autocapturePageviews, ...options } = Object(given) as WhisperrOptions;
  attempt(sayOld);
  const client = createWhisperr({ pageViews: autocapturePageviews, ...options });
  const track = (event: unknown, properties?: object, context?: object) => {
    // 0.2 took no notice of a call without a name.
    if (event)
      client.track(typeof event === "string" ? event.trim() : (event as string), properties, context);
  };
  const api: WhisperrApi = {
    identify(userId, params) {
      // Nor of one without a user.
      if (userId) client.identify(userId, params);
    },
    track,
    page: (name, properties) => track("page_viewed", { ...(name !== undefined && { name }), ...properties }),
    flush: async () => void (await client.flush()),
    reset: () => void client.reset(),
    optIn: () => client.optIn(),
    optOut: () => client.optOut(),
    ready: attempt(() => isReady(client, options), false),
  };
  return guarded(api);
}

/** Nothing gets out, whatever the page has broken. */
function guarded(api: WhisperrApi): WhisperrApi {
  const calls = api as unknown as { [name: string]: unknown };
  for (const name in calls) {
    const call = calls[name];
    if (typeof call === "function")
      calls[name] = (...args: unknown[]) => attempt(() => call.apply(undefined, args));
  }
  return api;
}

function isReady(client: NewWhisperr, { apiKey, respectDoNotTrack }: Partial<WhisperrOptions>): boolean {
  const isMade = sharedByPage().clients.get(`${apiKey}`.trim()) === client;
  const isSilent = respectDoNotTrack === true && asksNotToBeTracked();
  return isMade && !isSilent && openStorage("", "localStorage").get(OPT_OUT) === null;
}

function sayOld(): void {
  const { said } = sharedByPage();
  if (said.has(GUIDE) || typeof document !== "object") return;
  said.add(GUIDE);
  console.warn(`[whisperr] This page uses the API of @whisperr/web 0.2. The calls to move to: ${GUIDE}`);
}
