/** Serves a Hono app from Node, on loopback only. */
import type { IncomingMessage, Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import type { Sender } from "./loopback.ts";

/** A keep-alive that ends while a client reuses it looks like a reset nobody scripted. */
const KEEP_ALIVE_MS = 120_000;

export interface ServedApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Why a request is answered with 403 before the app sees it; undefined lets it through. */
export type TurnAway = (sender: Sender, port: number) => string | undefined;

/** Rejects when the port is taken. Port 0 lets the system pick one. Without `turnAway` everybody may send. */
export async function serveApp(
  app: Hono,
  port: number,
  freshConnections = false,
  turnAway: TurnAway = () => undefined,
): Promise<ServedApp> {
  const guarded: typeof app.fetch = (request, bindings, context) => {
    const { headers, socket } = (bindings as { incoming: IncomingMessage }).incoming;
    const why = turnAway({ host: headers.host, origin: headers.origin }, socket.localPort ?? 0);
    return why === undefined ? app.fetch(request, bindings, context) : new Response(why, { status: 403 });
  };
  // Node's own Request and Response stay what they were: tests of other code share this process.
  const server = createAdaptorServer({ fetch: guarded, overrideGlobalObjects: false }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  if (freshConnections) server.maxRequestsPerSocket = 1;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no TCP port.");
  return { url: `http://127.0.0.1:${address.port}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
