/** The app without a server, for the tests beside this file. */
import { createIngestionApp } from "./app.ts";
import type { IngestionAppOptions } from "./ingestion-api.ts";
import { NOW_MS } from "./test-requests.ts";

export function anApp(options: IngestionAppOptions = {}) {
  const ingestion = createIngestionApp({ now: () => NOW_MS, ...options });
  const answer = async (path: string, init: RequestInit) => {
    const response = await ingestion.app.request(path, init);
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  return { ...ingestion, answer };
}
