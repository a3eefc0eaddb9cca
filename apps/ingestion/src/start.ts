/** The ingestion API and its control endpoints on one port. */
import { randomBytes } from "node:crypto";
import {
  connectNode,
  createIngestionApp,
  type Fault,
  type IngestionAppOptions,
  serveApp,
  whyTurnedAway,
} from "@whisperr/conformance/api";
import { createControlRoutes } from "./control-routes.ts";

export interface LocalIngestionOptions extends IngestionAppOptions {
  /** 0 lets the system pick one. */
  port: number;
  /** Each request waits this long before it is processed. */
  latencyMs: number;
  /** The part of the control endpoints' address that nobody else knows; made up without it. */
  controlToken?: string | undefined;
}

export interface LocalIngestion {
  readonly url: string;
  /** Of the control endpoints. */
  readonly controlUrl: string;
  close(): Promise<void>;
}

export async function startLocalIngestion(options: LocalIngestionOptions): Promise<LocalIngestion> {
  const { port, latencyMs, controlToken = randomBytes(16).toString("hex"), ...appOptions } = options;
  const ingestion = createIngestionApp(appOptions, connectNode);
  const healthy: Fault = latencyMs > 0 ? { kind: "delay", ms: latencyMs } : { kind: "ok" };
  ingestion.setDefault(healthy);
  const controlPath = `/_control/${controlToken}`;
  ingestion.app.route(controlPath, createControlRoutes(ingestion, healthy));
  const pages = appOptions.cors ? "any" : [];
  const served = await serveApp(ingestion.app, port, false, (sender, boundPort) =>
    whyTurnedAway(sender, boundPort, pages),
  );
  return {
    url: served.url,
    controlUrl: served.url + controlPath,
    async close() {
      ingestion.stop();
      await served.close();
    },
  };
}
