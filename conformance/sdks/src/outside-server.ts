/**
 * `@whisperr/node` 0.1.2 in the shape of our server SDKs. Nothing is made up for it: options it does not know reach it all
 * the same, `forUser` is not there to be called, and what it never says (`stats()`, results) is not said.
 */
import { type AppFetch, createAppFetch } from "@whisperr/conformance/drivers/app-fetch.ts";
import type { ServerSdk } from "@whisperr/conformance/drivers/server-sdk.ts";
import { plainChannels } from "./plain-channels.ts";

/** What is used of it. */
interface PublishedSdk {
  createWhisperr: (options: never) => object;
}

type Method = (...args: unknown[]) => unknown;

export function outsideServer(sdk: PublishedSdk): ServerSdk {
  const watchedFetch = globalThis.fetch;
  let app: AppFetch | undefined;

  return {
    channel: plainChannels,
    createWhisperr(options: never) {
      app?.end();
      app = createAppFetch(watchedFetch);
      // A client takes the global fetch when it is made.
      globalThis.fetch = app.fetch;
      const client = sdk.createWhisperr(options) as Record<string, Method>;
      return {
        track: (...args: unknown[]) => client.track?.(...args),
        identify: (...args: unknown[]) => client.identify?.(...args),
        flush: () => client.flush?.(),
        shutdown: (shutdownOptions: unknown) => client.shutdown?.(shutdownOptions),
        stats: () => null,
      };
    },
  };
}
