/** An edge scenario's stage: the mock API and the app on one of the runtimes. Both end with the test. */

import type { IngestionApi } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import type { EdgeOptions } from "@whisperr/edge";
import { onTestFinished } from "vitest";
import type { EdgeHost, StartHost } from "./edge-host.ts";

export interface EdgeStage extends EdgeHost {
  readonly api: IngestionApi;
}

export async function setEdgeStage(start: StartHost, options: EdgeOptions = {}): Promise<EdgeStage> {
  const api = await startTestApi();
  const host = await start({ apiKey: "wrk_test", baseUrl: api.url, ...options });
  onTestFinished(() => host.close());
  return { ...host, api };
}
