/** Angular: one client for an app, outside its zone. During server rendering it does nothing. */
import {
  ENVIRONMENT_INITIALIZER,
  type EnvironmentProviders,
  InjectionToken,
  inject,
  makeEnvironmentProviders,
} from "@angular/core";
import type { BrowserOptions, Whisperr as Client, EventMap } from "./index.ts";
import { providedClient } from "./provided-client.ts";
import type { RegisteredEvents } from "./register.ts";

/** A client that the app made, or the options to make one with. */
export type WhisperrSource<Events extends EventMap = RegisteredEvents> =
  | BrowserOptions
  | { readonly client: Client<Events> };

/** The client of the app, as `inject(Whisperr)` gives it. */
export type Whisperr<Events extends EventMap = RegisteredEvents> = Client<Events>;

/**
 * What `provideWhisperr()` provides. Without that call Angular says that there is no provider for it.
 * @example
 * private readonly whisperr = inject(Whisperr);
 */
export const Whisperr = new InjectionToken<Client<RegisteredEvents>>(
  "Whisperr: provideWhisperr({ apiKey }) in the app's providers",
);

/**
 * Gives `inject(Whisperr)` in an app a client: with options, the page's client of that key. It is made when the app starts, so
 * that the first page view is recorded, and goes on when the app is destroyed. What it does later is no task of the app's zone.
 * @example
 * bootstrapApplication(App, { providers: [provideWhisperr({ apiKey: "wrk_…" })] });
 */
export function provideWhisperr<Events extends EventMap = RegisteredEvents>(
  source?: WhisperrSource<Events>,
): EnvironmentProviders {
  return makeEnvironmentProviders([
    {
      provide: Whisperr,
      useFactory: () => providedClient(source, { client: true }, "provideWhisperr()"),
    },
    { provide: ENVIRONMENT_INITIALIZER, multi: true, useValue: () => void inject(Whisperr) },
  ]);
}
