/**
 * `node src/main.ts [--port 3000]` with WHISPERR_API_KEY set. Prints the shop's address when it listens, and on
 * SIGTERM or SIGINT delivers what is queued before it exits.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createErrorLog } from "./error-log.ts";
import { stopGracefully } from "./graceful-shutdown.ts";
import { createLedger } from "./ledger.ts";
import { type Operations, shopReport } from "./routes/operations.ts";
import { createShopWhisperr } from "./whisperr.ts";

const config = readConfig(process.argv.slice(2), process.env);
const errors = createErrorLog();
const ledger = config.ledger ? createLedger() : undefined;
const operations: Operations = { errors, ...(ledger && { ledger }) };

const client = createShopWhisperr({
  baseUrl: config.whisperrBaseUrl,
  onError: errors.add,
  fetch: ledger?.fetch,
});
const whisperr = ledger?.observe(client) ?? client;

const server = createServer(createApp(whisperr, operations));
server.listen(config.port, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`shop listening on http://127.0.0.1:${port}`);
});

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await stopGracefully(server, whisperr);
    console.log(`shop stopped ${JSON.stringify(shopReport(whisperr, operations))}`);
    process.exit(0);
  });
}
