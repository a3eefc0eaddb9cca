/** The site: static pages, the SDK's two files from its package, and the configuration that pages need. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

export interface SiteConfig {
  readonly apiKey: string;
  readonly baseUrl: string;
}

const PUBLIC = fileURLToPath(new URL("../public", import.meta.url));
const SDK_FILES = ["whisperr.iife.js", "loader.js"];

export function createSite(config: SiteConfig): Hono {
  const site = new Hono();
  const { origin } = new URL(config.baseUrl);
  // The SDK needs nothing but its own files and the way to the API.
  const policy = {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: [origin],
    formAction: ["'none'"],
  };
  site.use(secureHeaders({ contentSecurityPolicy: policy }));
  for (const file of SDK_FILES) {
    const path = fileURLToPath(
      new URL(`dist/${file}`, import.meta.resolve("@whisperr/browser/package.json")),
    );
    site.get(`/${file}`, async (context) =>
      context.body(await readFile(path, "utf8"), 200, { "content-type": "text/javascript" }),
    );
  }
  site.get("/config.js", (context) =>
    context.body(`window.shopConfig = ${JSON.stringify(config)};`, 200, {
      "content-type": "text/javascript",
    }),
  );
  site.use("/*", serveStatic({ root: PUBLIC }));
  return site;
}
