/** Svelte 5: one client for a component and all below it. During server rendering it does nothing. */
import { getContext, setContext } from "svelte";
import type { BrowserOptions, EventMap, Whisperr } from "./index.ts";
import { providedClient } from "./provided-client.ts";
import type { RegisteredEvents } from "./register.ts";

/** A client that the app made, or the options to make one with. */
export type WhisperrSource<Events extends EventMap = RegisteredEvents> =
  | BrowserOptions
  | { readonly client: Whisperr<Events> };

const CLIENT = Symbol.for("whisperr.svelte");

/**
 * Gives `useWhisperr()` in the components below this one a client, and returns it: with options, the page's client of that key.
 * It goes on when the component is gone. Call it while the component starts, in a layout at best.
 * @example
 * provideWhisperr({ apiKey: "wrk_…" });
 */
export function provideWhisperr<Events extends EventMap = RegisteredEvents>(
  source?: WhisperrSource<Events>,
): Whisperr<Events> {
  const client = providedClient(source, { client: true }, "provideWhisperr()");
  return setContext(CLIENT, client as Whisperr<Events>);
}

/** The client of the nearest component above that calls `provideWhisperr()`. Call it while a component starts. Throws without one. */
export function useWhisperr<Events extends EventMap = RegisteredEvents>(): Whisperr<Events> {
  const client = getContext<Whisperr<Events> | undefined>(CLIENT);
  if (client) return client;
  throw new Error(
    "Whisperr: useWhisperr() needs provideWhisperr() in a component above the one that calls it.",
  );
}
