/** The ingestion API and its control endpoints on one port. */
import {
  connectNode,
  createIngestionApp,
  type Fault,
  type IngestionAppOptions,
  serveApp,
} from "@whisperr/conformance/api";
import { createControlRoutes } from "./control-routes.ts";

export interface LocalIngestionOptions extends IngestionAppOptions {
  /** 0 lets the system pick one. */
  port: number;
  /** Each request waits this long before it is processed. */
  latencyMs: number;
}

export interface LocalIngestion {
  readonly url: string;
  close(): Promise<void>;
}

export async function startLocalIngestion(options: LocalIngestionOptions): Promise<LocalIngestion> {
  const { port, latencyMs, ...appOptions } = options;
  const ingestion = createIngestionApp(appOptions, connectNode);
  const healthy: Fault = latencyMs > 0 ? { kind: "delay", ms: latencyMs } : { kind: "ok" };
  ingestion.setDefault(healthy);
  ingestion.app.route("/_control", createControlRoutes(ingestion, healthy));
  const served = await serveApp(ingestion.app, port);
  return {
    url: served.url,
    async close() {
      ingestion.stop();
      await served.close();
    },
  };
}
