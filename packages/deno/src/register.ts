import type { EventsOf } from "@whisperr/core";

/**
 * The app's own events, said once for the whole package: `createWhisperr()` and `forUser()` know
 * them then. `events` is a map of names to the types of their properties, or the type of an object of schemas. A type argument, and
 * the `events` that a client is made with, go before it.
 *
 * @example
 * declare module "@whisperr/deno" {
 *   interface Register {
 *     events: { payment_failed: { amount_cents: number } };
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface Register {}

/** What `Register` says; any event where it says nothing. */
export type RegisteredEvents = EventsOf<Register>;
