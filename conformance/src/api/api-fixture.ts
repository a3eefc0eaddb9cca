/** Real APIs for the tests beside this file; each is closed when its test ends. */
import { onTestFinished } from "vitest";
import type { Fault } from "./fault.ts";
import type { IngestionApi, IngestionApiOptions } from "./ingestion-api.ts";
import { startIngestionApi } from "./start-ingestion-api.ts";
import { NOW_MS } from "./test-requests.ts";

/** A limit for waiting on what should happen at once. */
export const WAIT_MS = 5_000;

export async function anApi(script: Fault[] = [], options: IngestionApiOptions = {}): Promise<IngestionApi> {
  const api = await startIngestionApi({ now: () => NOW_MS, script, ...options });
  onTestFinished(() => api.close());
  return api;
}

export function storedIds(api: IngestionApi): string[] {
  return api.store.events.map((event) => event.messageId);
}
