import { createIngestionApp } from "./app.ts";
import type { IngestionApi, IngestionApiOptions } from "./ingestion-api.ts";
import { connectNode } from "./node-connection.ts";
import { serveApp } from "./serve-app.ts";

/** Starts the mock ingestion API on 127.0.0.1. Rejects when the port is taken or the script is not one. */
export async function startIngestionApi(options: IngestionApiOptions = {}): Promise<IngestionApi> {
  const { app, stop, ...controls } = createIngestionApp(options, connectNode);
  const served = await serveApp(app, options.port ?? 0, options.freshConnections);
  return {
    ...controls,
    url: served.url,
    async close() {
      stop();
      await served.close();
    },
  };
}
