/** `node src/main.ts [--port 3000]` with WHISPERR_API_KEY and WHISPERR_BASE_URL set. Prints its address when it listens. */
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { createSite } from "./site.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "3000" } } });
const { WHISPERR_API_KEY: apiKey, WHISPERR_BASE_URL: baseUrl = "https://api.whisperr.net" } = process.env;
if (!apiKey) {
  console.error("Set WHISPERR_API_KEY to your ingestion key (wrk_…).");
  process.exit(1);
}

const server = serve(
  { fetch: createSite({ apiKey, baseUrl }).fetch, port: Number(values.port), hostname: "127.0.0.1" },
  ({ port }: AddressInfo) => console.log(`web shop listening on http://127.0.0.1:${port}`),
);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => server.close());
