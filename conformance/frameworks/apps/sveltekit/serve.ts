/** What adapter-node's own server does, on a port of the system's choice. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

const built = new URL("../../reports/sveltekit/handler.js", import.meta.url);
const { handler } = (await import(built.href)) as { handler: RequestListener };
const server = createServer(handler);
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
// The process then ends by itself, and delivers first.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => server.close());
