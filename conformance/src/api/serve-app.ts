/** Serves a Hono app from Node, on loopback only. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

/** A keep-alive that ends while a client reuses it looks like a reset nobody scripted. */
const KEEP_ALIVE_MS = 120_000;

export interface ServedApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects when the port is taken. Port 0 lets the system pick one. */
export async function serveApp(app: Hono, port: number, freshConnections = false): Promise<ServedApp> {
  // Node's own Request and Response stay what they were: tests of other code share this process.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
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
