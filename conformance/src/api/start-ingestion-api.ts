import { createIngestionApp } from "./app.ts";
import type { IngestionApi, IngestionApiOptions } from "./ingestion-api.ts";
import { whyTurnedAway } from "./loopback.ts";
import { connectNode } from "./node-connection.ts";
import { serveApp, type TurnAway } from "./serve-app.ts";

/** More than this tell no more. */
const MAX_TURNED_AWAY = 20;

/** Starts the mock ingestion API on 127.0.0.1. Rejects when the port is taken or the script is not one. */
export async function startIngestionApi(options: IngestionApiOptions = {}): Promise<IngestionApi> {
  const { app, stop, ...controls } = createIngestionApp(options, connectNode);
  const { origins, port = 0, freshConnections } = options;
  const turnedAway: string[] = [];
  const turnAway: TurnAway = (sender, boundPort) => {
    const why = origins && whyTurnedAway(sender, boundPort, origins);
    if (why !== undefined && turnedAway.length < MAX_TURNED_AWAY) turnedAway.push(why);
    return why;
  };
  const served = await serveApp(app, port, freshConnections, turnAway);
  return {
    ...controls,
    url: served.url,
    turnedAway,
    async close() {
      stop();
      await served.close();
    },
  };
}
