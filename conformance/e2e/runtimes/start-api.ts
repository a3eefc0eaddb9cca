/** The mock API of one test, and what its events said. */

import { type IngestionApi, type IngestionApiOptions, startIngestionApi } from "@whisperr/conformance/api";
import { onTestFinished } from "vitest";

export async function startApi(options: IngestionApiOptions = {}): Promise<IngestionApi> {
  const api = await startIngestionApi(options);
  onTestFinished(() => api.close());
  return api;
}

/** The property `n` of the events that arrived, in the order they were accepted, each once. */
export function numbers(api: IngestionApi): unknown[] {
  return api.store.events.map(({ properties }) => properties.n);
}

/** From 0 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_none, n) => n);
}
