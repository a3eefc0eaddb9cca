/** Events of these scenarios carry a number, so that a test sees at a glance what arrived, and in which order. */
import type { IngestionApi } from "@whisperr/conformance/api";

/** The property `n` of the events that arrived, in the order they were accepted, each once. */
export function numbers(api: IngestionApi): unknown[] {
  return api.store.events.map(({ properties }) => properties.n);
}

/** From 0 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_none, n) => n);
}
