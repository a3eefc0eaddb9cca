import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { stopGracefully } from "./graceful-shutdown.ts";
import { createRecordingWhisperr } from "./recording-whisperr.ts";

it("lets a running request finish, and track, before the client is shut down", async () => {
  const order: string[] = [];
  const { whisperr } = createRecordingWhisperr();
  const shutdown: typeof whisperr.shutdown = (options) => {
    order.push(`shutdown within ${options?.timeoutMs} ms`);
    return whisperr.shutdown(options);
  };

  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}/`);
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];

  const stopped = stopGracefully(server, { ...whisperr, shutdown });
  order.push("request tracks");
  response.end("done");
  await stopped;

  expect(await (await answer).text()).toBe("done");
  expect(order).toEqual(["request tracks", "shutdown within 8000 ms"]);
});
