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
    id: "wrong-callback-ignored",
    does: "Leaves a beforeSend out that is no function, without a word.",
    how: withOptions(({ beforeSend: _, ...options }) => options),
    caughtBy: { "creation.bad-before-send": /creation error: expected \/beforeSend/ },
  },
];
