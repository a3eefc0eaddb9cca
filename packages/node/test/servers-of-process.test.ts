/** What `astroServer()` closes: a server that nobody handed in, with requests that began before it was looked for and after. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serversOfProcess } from "../src/frameworks/servers-of-process.ts";

async function startServer(): Promise<Server> {
  const server = createServer((_request, response) => void server.emit("asked", response));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => server.closeAllConnections());
  await once(server, "listening");
  return server;
}

/** Resolves while the request waits for its answer. */
async function ask(server: Server) {
  const { port } = server.address() as AddressInfo;
  const asked = once(server, "asked");
  const text = fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
  const [response] = (await asked) as [ServerResponse];
  return { text, answer: () => response.end("answered") };
}

test("close() waits for a server that is not known yet, and calls back when all its requests have ended", async () => {
  const server = await startServer();
  const first = await ask(server);
  const servers = serversOfProcess();
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    servers.close(() => {
      isClosed = true;
      resolve();
    });
  });
  expect(server.listening).toBe(true);
  // This one tells which it is.
  const second = await ask(server);
  expect(server.listening).toBe(false);
  first.answer();
  expect(await first.text).toBe("answered");
  expect(isClosed).toBe(false);
  second.answer();
  expect(await second.text).toBe("answered");
  await closed;
});
