/** Vue 3: one client for an app. During server rendering it does nothing. */
import { type App, inject } from "vue";
import type { BrowserOptions, EventMap, Whisperr } from "./index.ts";
import { providedClient } from "./provided-client.ts";
import type { RegisteredEvents } from "./register.ts";

/** A client that the app made, or the options to make one with. */
export type WhisperrPluginOptions<Events extends EventMap = RegisteredEvents> =
  | BrowserOptions
  | { readonly client: Whisperr<Events> };

const CLIENT = Symbol.for("whisperr.vue");

/**
 * Gives `useWhisperr()` in the components of an app a client: with options, the page's client of that key. It goes on when the app
 * is unmounted.
 * @example
 * createApp(App).use(WhisperrPlugin, { apiKey: "wrk_…" }).mount("#app");
 */
export const WhisperrPlugin = {
  install(app: Pick<App, "provide">, given?: WhisperrPluginOptions): void {
    app.provide(CLIENT, providedClient(given, { client: true }, "WhisperrPlugin"));
  },
};

/** The client of the app, in `setup()` and wherever else Vue's `inject()` works. Throws in an app without the plugin. */
export function useWhisperr<Events extends EventMap = RegisteredEvents>(): Whisperr<Events> {
  const client = inject<Whisperr<Events> | undefined>(CLIENT, undefined);
  if (client) return client;
  throw new Error(
    "Whisperr: useWhisperr() needs app.use(WhisperrPlugin, { apiKey }), and a call in the setup of a component.",
  );
}
