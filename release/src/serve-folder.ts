/** A folder on loopback, as any web server hands it out. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveFolder(folder: string): Promise<Site> {
  const app = new Hono().use("/*", serveStatic({ root: folder }));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }: AddressInfo) =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => new Promise((closed) => server.close(() => closed())),
      }),
    );
  });
}
