/** The mock API in a test. `startTestApi` is for any test (it needs vitest); the rest is for the tests beside this file. */
import { onTestFinished } from "vitest";
import { createIngestionApp } from "./app.ts";
import type { Fault } from "./fault.ts";
import type { IngestionApi, IngestionApiOptions, IngestionAppOptions } from "./ingestion-api.ts";
import { startIngestionApi } from "./start-ingestion-api.ts";
import { NOW_MS } from "./test-requests.ts";

/** A limit for waiting on what should happen at once. */
export const WAIT_MS = 5_000;

/** Closed when the test has ended, after everything that the test started later. */
export async function startTestApi(options: IngestionApiOptions = {}): Promise<IngestionApi> {
  const api = await startIngestionApi(options);
  onTestFinished(() => api.close());
  return api;
}

/** At the moment for which `test-requests.ts` makes its events. */
export function anApi(script: Fault[] = [], options: IngestionApiOptions = {}): Promise<IngestionApi> {
  return startTestApi({ now: () => NOW_MS, script, ...options });
}

/** The same without a server. */
export function anApp(options: IngestionAppOptions = {}) {
  const ingestion = createIngestionApp({ now: () => NOW_MS, ...options });
  const answer = async (path: string, init: RequestInit) => {
    const response = await ingestion.app.request(path, init);
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  return { ...ingestion, answer };
}

export function storedIds(api: IngestionApi): string[] {
  return api.store.events.map((event) => event.messageId);
}
