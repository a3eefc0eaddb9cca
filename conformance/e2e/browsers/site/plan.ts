/** What a page of the site is told to do, and what can be asked of it once it stands: plain JSON both ways. */

export interface Plan {
  /** Options of `createWhisperr` that can travel as JSON. */
  options: Record<string, unknown>;
  /** What happens to the storage before the SDK is loaded. */
  storage?: StoragePlight;
  /** Tracks and leaves by itself; without it the page waits to be asked. */
  walk?: Walk;
}

export type StoragePlight =
  /** Another part of the site has filled localStorage to its last character. */
  | "full"
  /** Reading `window.localStorage` or `window.indexedDB` throws, as with cookies blocked. */
  | "denied";

/** A visitor who walks from page to page; `visit` counts from 0. */
export interface Walk {
  chain: string;
  visit: number;
  visits: number;
  eventsPerVisit: number;
}

export type Ask =
  /** Tracks events `from`, `from + 1`, … of a chain, each with `bytes` of ballast and whoever is meant to own it. */
  | { do: "track"; chain: string; from: number; count: number; bytes?: number; who?: string }
  /** Calls a method of the client; answers what it returned. */
  | { do: "call"; method: string; args: unknown[] }
  /** Calls a method of the client and does not wait for what it returned. */
  | { do: "begin"; method: string; args: unknown[] }
  /** Tracks an event every `everyMs` until the page is gone. */
  | { do: "keepTracking"; chain: string; everyMs: number }
  /** Fills localStorage to its last character. */
  | { do: "fillStorage" }
  /** Times calls of `track()` with this many operations waiting. */
  | { do: "timeTrack"; waiting: number; calls: number }
  /** Counts what calls of `track()` ask of the storage with this many operations waiting. */
  | { do: "countStorage"; waiting: number; calls: number }
  /** Creates a second and a third client with the same key, one of them from another copy of the SDK. */
  | { do: "createAgain" }
  /** Which events the page knows to have been accepted, by message id, and since when. */
  | { do: "heard" }
  | { do: "report" };

export interface PageReport {
  stats: Ledger;
  /** What the SDK told `onError`. */
  sdkErrors: { type: string; reason?: string; count?: number; message: string }[];
  /** What reached `window.onerror`, unhandled rejections, violations of the content security policy. */
  pageErrors: string[];
  /** The longest time the main thread could not run anything else since the page began, and tasks over 50 ms. */
  longestBlockMs: number;
  longTasks: number | null;
  /** Requests to the API without an answer yet. */
  underWay: number;
  /** How many pages of this profile left while a request of theirs was under way. */
  leftInFlight: number;
}

/** What was asked of localStorage. */
export interface StorageUse {
  /** Calls of its methods; listing its keys counts each key. */
  calls: number;
  /** Of keys and values that were written. */
  characters: number;
}

export interface Ledger {
  accepted: number;
  delivered: number;
  dropped: Record<string, number>;
  pending: number;
}

/** The properties of every event of the site. */
export interface StepProperties {
  chain: string;
  n: number;
  /** The page's clock right before `track()`. */
  atMs: number;
  who?: string;
  ballast?: string;
}
