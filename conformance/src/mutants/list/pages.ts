/** Mistakes of client SDKs as web pages: hidden and left, side by side, under several keys (contract, section 6). */
import { readingRetryAfter } from "../hooks/answers.ts";
import { withClient } from "../hooks/calls.ts";
import { always, withOptions } from "../hooks/options.ts";
import { deaf, patched, rememberingOwnStorage } from "../hooks/platform.ts";
import { oneAfterTheOther, withoutKeepalive, withRequests } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

/** How often a page looks for others that are gone. */
const SCAN_MS = 15_000;

const isHidden = () => document.visibilityState === "hidden";

/** What the SDK reads from now on, until the page's next event. */
const pretend = (visibilityState: DocumentVisibilityState) =>
  void Object.defineProperty(document, "visibilityState", { value: visibilityState, configurable: true });

/** One storage for all keys: the SDK is created with another key than it sends. */
const storingUnder =
  (apiKey: string): How =>
  ({ options }) => ({
    options: (given) => ({ ...given, apiKey }),
    fetch: ({ headers, ...request }, send) =>
      send({ ...request, headers: { ...headers, "x-api-key": String(options.apiKey) } }),
  });

const leavingMutants: readonly Mutant[] = [
  {
    id: "hidden-page-sends-nothing",
    does: "Sends nothing when its page is hidden, which is the last that mobile browsers tell.",
    how: deaf(() => document, "visibilitychange"),
    caughtBy: { "leaving.flushes": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "starts-late",
    does: "Lets what a page begins with wait like everything else.",
    how: always({ flushAtStart: false }),
    caughtBy: {
      "start.first-operation": /expected 1 requests, the API saw 0/,
      "start.identify": /expected 1, got 0/,
    },
  },
  {
    id: "identify-cuts-the-backoff",
    does: "Tries again at each identify(), in the middle of a backoff.",
    how: withClient(({ identify }) => ({
      identify(...args) {
        identify(...args);
        window.dispatchEvent(new Event("online"));
      },
    })),
    caughtBy: { "start.outage": /number of requests: expected 1, got \d/ },
  },
  {
    id: "waits-as-it-goes",
    does: "Waits for the answer of each request before it sends the next, though its page goes.",
    how: oneAfterTheOther,
    caughtBy: { "leaving.without-waiting": /number of requests: expected 3, got 1/ },
  },
  {
    id: "no-keepalive",
    does: "Lets requests end with their page.",
    how: withRequests(withoutKeepalive),
    caughtBy: { "leaving.outlives": /#1 outlives its page: expected true, got false/ },
  },
  {
    id: "keepalive-at-the-exit-only",
    does: "Lets requests that are under way when the page goes end with it.",
    how: withRequests((request) => (isHidden() ? request : withoutKeepalive(request))),
    caughtBy: { "leaving.in-flight": /#0 outlives its page: expected true, got false/ },
  },
  {
    id: "exit-request-above-64-kib",
    does: "Sends more in one request as its page is hidden than the 64 KiB that browsers let outlive a page.",
    how: withRequests((request) =>
      isHidden() && request.body.length > 30_000
        ? { ...request, body: request.body.padEnd(70_000) }
        : request,
    ),
    caughtBy: { "leaving.budget": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "keepalive-budget-leaks",
    does: "Counts what was answered long ago against the 64 KiB of requests that outlive their page.",
    how: () => {
      let left = 65_536;
      return {
        fetch(request, send) {
          left -= request.body.length;
          return send(left < 0 ? withoutKeepalive(request) : request);
        },
      };
    },
    caughtBy: { "leaving.budget-comes-back": /outlives its page: expected true, got false/ },
  },
  {
    id: "hidden-for-ever",
    does: "Sends small requests only, once its page was hidden.",
    how: deaf(
      () => document,
      "visibilitychange",
      () => {
        const shown = !isHidden();
        if (shown) pretend("hidden");
        return shown;
      },
    ),
    caughtBy: {
      "leaving.shown-again": /expected 2 requests, the API saw \d/,
      "tabs.closed-seen-to": /stored types: expected 1 items, got 0/,
    },
  },
  {
    id: "hidden-page-sends-crumbs",
    does: "Sends a long queue event by event while its page is hidden.",
    how: always({ maxBatchSize: 1 }),
    caughtBy: { "leaving.rest": /number of requests: expected 1 to 10, got \d{3}/ },
  },
  {
    id: "signals-cut-retry-after-short",
    does: "Sends when its page is hidden or the network is back, though the server asked for a wait.",
    how: readingRetryAfter(() => null),
    caughtBy: {
      "leaving.not-before-retry-after": /number of requests: expected 1, got 2/,
      "online.not-before-retry-after": /number of requests: expected 1, got 2/,
    },
  },
  {
    id: "online-not-heard",
    does: "Waits on although the network is back.",
    how: deaf(() => window, "online"),
    caughtBy: {
      "online.ends-backoff": /flush should be fulfilled, but is pending/,
      "online.starts-delivery": /expected 2 requests, the API saw 1/,
    },
  },
];

const sideBySideMutants: readonly Mutant[] = [
  {
    id: "storage-event-not-heard",
    does: "Goes on with what it holds although its visitor has left on another page.",
    how: deaf(() => window, "storage"),
    caughtBy: {
      "tabs.reset-discards-held": /errors: expected 1 items, got 0/,
    },
  },
  {
    id: "identity-read-once",
    does: "Reads who the user is once for each page.",
    how: rememberingOwnStorage,
    caughtBy: {
      "tabs.opt-out-heard": /number of requests: expected 0, got 1/,
      "tabs.user-known": /external_user_id: missing/,
      "tabs.reset-known": /stored owners\[1\]: expected "visitor 2", got "user_1"/,
      "tabs.token-once": /number of requests: expected 2, got 3/,
      "tabs.identify-releases-held": /stored types: expected 1 items, got 0/,
      "tabs.frozen-then-opted-out": /stored types: expected 0 items, got 1/,
    },
  },
  {
    id: "visitor-of-the-page",
    does: "Keeps the visitor for itself, so that each page of a device has one.",
    how: patched(
      () => Storage.prototype,
      "setItem",
      (set: Storage["setItem"]) =>
        function (this: Storage, key: string, text: string) {
          if (!key.endsWith(".id")) set.call(this, key, text);
        },
    ),
    caughtBy: { "tabs.one-visitor": /stored owners\[1\]: expected "visitor 1", got "visitor 2"/ },
  },
  {
    id: "takes-over-from-the-living",
    does: "Takes the queue of a page that lives for one that was left behind.",
    how: patched(
      () => navigator.locks,
      "request",
      () => async (name: string, _options: object, granted: (lock: object) => unknown) => granted({ name }),
    ),
    caughtBy: { "tabs.queue-left-alone": /stored duplicates: expected 0, got 1/ },
  },
  {
    id: "never-looks-for-closed-pages",
    does: "Leaves what a closed page could not send to the next one that opens.",
    how: () => ({ setTimeout: (run, delayMs, set) => (delayMs === SCAN_MS ? undefined : set(run, delayMs)) }),
    caughtBy: { "tabs.closed-taken-over": /stored types: expected 2 items, got 0/ },
  },
  {
    id: "opt-out-of-its-own-queue",
    does: "Discards at optOut() what this page has queued, and leaves what closed ones have left until optIn().",
    how: withClient(({ optOut, optIn }) => {
      let left: [key: string, text: string][] = [];
      return {
        optOut() {
          left = Object.entries(localStorage).filter(([key]) => key.includes(".q."));
          return optOut?.();
        },
        optIn() {
          const done = optIn?.();
          for (const [key, text] of left) localStorage.setItem(key, text);
          return done;
        },
      };
    }),
    caughtBy: {
      "tabs.closed-then-opted-out": /stored types: expected 1 items, got 3/,
      "tabs.closed-then-out-and-in": /stored types: expected 1 items, got 2/,
    },
  },
  {
    id: "goes-on-as-if-it-had-not-been-frozen",
    does: "Goes on where it was when its visitor comes back, whatever happened meanwhile.",
    how: (mutated) => ({
      patches: [deaf(() => window, "pageshow"), rememberingOwnStorage].flatMap(
        (how) => how(mutated).patches ?? [],
      ),
    }),
    caughtBy: { "tabs.frozen-taken-over": /sends 1 events again/ },
  },
  {
    id: "one-storage-for-all-keys",
    does: "Stores queue and user under one name, whatever the key.",
    how: storingUnder("wrk_for_all"),
    caughtBy: {
      "keys.queues-apart": /stored types\[0\]: expected "b", got "a"/,
      "keys.users-apart": /stored owners\[0\]: expected "visitor 2", got "user_1"/,
    },
  },
];

const privacyMutants: readonly Mutant[] = [
  {
    id: "global-privacy-control-ignored",
    does: "Respects Do Not Track alone.",
    how: withOptions((options) =>
      (navigator as { globalPrivacyControl?: unknown }).globalPrivacyControl === true
        ? { ...options, respectDoNotTrack: false }
        : options,
    ),
    caughtBy: { "privacy.global-privacy-control": /number of requests: expected 0/ },
  },
  {
    id: "do-not-track-ignored",
    does: "Respects Global Privacy Control alone.",
    how: withOptions((options) =>
      navigator.doNotTrack === "1" ? { ...options, respectDoNotTrack: false } : options,
    ),
    caughtBy: { "privacy.do-not-track": /number of requests: expected 0/ },
  },
  {
    id: "privacy-unasked",
    does: "Records nothing where the browser asks for it, whatever the app says.",
    how: always({ respectDoNotTrack: true }),
    caughtBy: { "privacy.as-the-app-says": /stored types: expected 1 items, got 0/ },
  },
];

export const pageMutants: readonly Mutant[] = [...leavingMutants, ...sideBySideMutants, ...privacyMutants];
