/** Mistakes about what `createWhisperr` takes (contract, section 7). */
import { ignoring, withOptions } from "../hooks/options.ts";
import type { Mutant } from "../mutant.ts";

export const creationMutants: readonly Mutant[] = [
  {
    id: "key-cut-at-a-blank",
    does: "Takes the first word of what is no key.",
    how: withOptions(({ apiKey, ...options }) => ({ ...options, apiKey: String(apiKey).split(/\s/)[0] })),
    caughtBy: { "creation.bad-key": /creation error: expected \/apiKey/ },
  },
  {
    id: "line-end-refused",
    does: "Takes a line end behind the key for a part of it.",
    how: withOptions((options) => {
      if (/\s$/.test(String(options.apiKey))) throw new Error("apiKey holds a line end");
      return options;
    }),
    caughtBy: { "creation.key-with-a-line-end": /the SDK refused to be created/ },
  },
  {
    id: "key-demanded-of-requests",
    does: "Throws for want of a key where requests are answered.",
    how: withOptions((options) => {
      if (!/^\S+$/.test(String(options.apiKey ?? ""))) throw new Error("apiKey is missing");
      return options;
    }),
    caughtBy: {
      "creation.no-key-in-a-request": /the SDK refused to be created/,
      "creation.bad-key-in-a-request": /the SDK refused to be created/,
    },
  },
  {
    id: "key-demanded-of-pages",
    does: "Throws for want of a key where a page is shown.",
    on: ["browser"],
    how: withOptions((options) => {
      if (!/^\S+$/.test(String(options.apiKey ?? ""))) throw new Error("apiKey is missing");
      return options;
    }),
    caughtBy: {
      "creation.no-key-on-a-page": /the SDK refused to be created/,
      "creation.empty-key-on-a-page": /the SDK refused to be created/,
      "creation.bad-key-on-a-page": /the SDK refused to be created/,
    },
  },
  {
    id: "page-without-a-word",
    does: "Takes the default in the place of a number that is too large, and says nothing.",
    on: ["browser"],
    how: ignoring("maxRetries"),
    caughtBy: { "creation.wrong-options-on-a-page": /output: expected \/maxRetries/ },
  },
  {
    id: "empty-base-url-refused",
    does: "Takes an empty address for a wrong one.",
    how: withOptions((options) => {
      if (options.baseUrl === "") throw new Error("baseUrl must be a URL");
      return options;
    }),
    caughtBy: { "creation.empty-base-url": /the SDK refused to be created: .*baseUrl/ },
  },
  {
    id: "base-url-completed",
    does: "Guesses the scheme of an address.",
    how: withOptions(({ baseUrl, ...options }) => ({ ...options, baseUrl: `https://${baseUrl}` })),
    caughtBy: { "creation.bad-base-url": /creation error: expected \/baseUrl/ },
  },
  {
    id: "http-never",
    does: "Refuses http: although the app insists.",
    how: ignoring("allowInsecureHttp"),
    caughtBy: { "creation.insecure-base-url-allowed": /the SDK refused to be created: .*allowInsecureHttp/ },
  },
  {
    id: "numbers-in-text-taken",
    does: "Takes text for a number where it looks like one.",
    how: withOptions((options) => ({ ...options, maxQueueSize: Number(options.maxQueueSize) })),
    caughtBy: { "creation.number-as-text": /creation error: expected \/maxQueueSize/ },
  },
  {
    id: "unusual-options-unchecked",
    does: "Looks at the options that most apps give, and takes the others as they come.",
    how: ignoring(
      "flushIntervalMs",
      "maxBatchSize",
      "maxBatchBytes",
      "maxRetries",
      "backoff",
      "debug",
      "context",
    ),
    caughtBy: {
      "creation.interval-not-a-number": /creation error: expected \/flushIntervalMs/,
      "creation.fraction": /creation error: expected \/maxBatchSize/,
      "creation.batch-of-nothing": /creation error: expected \/maxBatchBytes/,
      "creation.endless-retries": /creation error: expected \/maxRetries/,
      "creation.backoff-not-a-number": /creation error: expected \/baseMs/,
      "creation.backoff-upside-down": /creation error: expected \/maxMs/,
      "creation.flag-as-text": /creation error: expected \/debug/,
      "creation.context-as-text": /creation error: expected \/context/,
    },
  },
  {
    id: "own-options-unchecked",
    does: "Checks what all SDKs share, and none of the options of its own platform.",
    how: ignoring("exitTimeoutMs", "waitUntilTimeoutMs"),
    caughtBy: {
      "creation.exit-timeout-negative": /creation error: expected \/exitTimeoutMs/,
      "creation.hold-of-nothing": /creation error: expected \/waitUntilTimeoutMs/,
    },
  },
  {
    id: "base-url-cut-at-its-query",
    does: "Leaves out what no path can be put behind, without a word.",
    how: withOptions(({ baseUrl, ...options }) => ({ ...options, baseUrl: String(baseUrl).split("?")[0] })),
    caughtBy: { "creation.query-in-base-url": /creation error: expected \/baseUrl/ },
  },
  {
    id: "first-wait-limited",
    does: "Knows the longest wait by default alone, and refuses a first one that is longer.",
    how: withOptions((options) => {
      const { baseMs = 0, maxMs = 30_000 } = Object(options.backoff) as { baseMs?: number; maxMs?: number };
      if (baseMs > maxMs) throw new Error("backoff.baseMs must not be above maxMs");
      return options;
    }),
    caughtBy: { "creation.long-first-wait": /the SDK refused to be created: .*baseMs/ },
  },
  {
    id: "flush-at-out-of-reach",
    does: "Waits for a number of operations that its queue cannot hold.",
    how: ({ options }) => ({
      client: ({ track, stats }) => ({
        track: (...args) => (stats().pending >= Number(options.maxQueueSize) ? undefined : track(...args)),
      }),
      options: ({ maxQueueSize: _, ...given }) => given,
    }),
    caughtBy: { "creation.flush-at-above-the-queue": /stored types: expected 4 items, got 0/ },
  },
  {
    id: "wrong-callback-ignored",
    does: "Leaves a beforeSend out that is no function, without a word.",
    how: withOptions(({ beforeSend: _, ...options }) => options),
    caughtBy: { "creation.bad-before-send": /creation error: expected \/beforeSend/ },
  },
];
