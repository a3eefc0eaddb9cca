/** Connections of @hono/node-server, which hands Node's own request and response through as bindings. */
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Connect, Connection } from "./connection.ts";

export const connectNode: Connect = (bindings) => {
  const outgoing = (bindings as { outgoing?: ServerResponse }).outgoing;
  return outgoing ? nodeConnection(outgoing) : null;
};

function nodeConnection(outgoing: ServerResponse): Connection {
  return {
    reset() {
      outgoing.socket?.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    },
    async sendHalf(answer, then) {
      const body = Buffer.from(answer.body);
      outgoing.writeHead(answer.status, { ...answer.headers, "content-length": body.byteLength });
      outgoing.flushHeaders();
      await new Promise<void>((resolve) => {
        outgoing.write(body.subarray(0, body.byteLength / 2), () => resolve());
      });
      if (then === "cut") outgoing.socket?.destroy();
      return RESPONSE_ALREADY_SENT;
    },
    sendRaw(text) {
      outgoing.socket?.end(text, "latin1");
      return RESPONSE_ALREADY_SENT;
    },
  };
}
