/** Connections of @hono/node-server, which hands Node's own request and response through as bindings. */
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Connect, Connection } from "./connection.ts";

export const connectNode: Connect = (bindings) => {
  const outgoing = (bindings as { outgoing?: ServerResponse }).outgoing;
  return outgoing ? nodeConnection(outgoing) : null;
};

const BLANKS = " ".repeat(65_536);
/** So much comes as fast as the client takes it. More would only fill the memory of one that has never enough. */
const MAX_BYTES_AT_ONCE = 8 * 1024 * 1024;
const DRIP_EVERY_MS = 50;

/** Until the client closes the connection. */
function sendForEver(outgoing: ServerResponse): void {
  let sent = 0;
  const more = () => {
    while (!outgoing.destroyed && sent < MAX_BYTES_AT_ONCE) {
      sent += BLANKS.length;
      if (!outgoing.write(BLANKS)) return;
    }
  };
  const dripping = setInterval(() => {
    if (sent >= MAX_BYTES_AT_ONCE) outgoing.write(" ");
  }, DRIP_EVERY_MS);
  outgoing.on("drain", more);
  outgoing.on("close", () => clearInterval(dripping));
  more();
}

function nodeConnection(outgoing: ServerResponse): Connection {
  return {
    reset() {
      outgoing.socket?.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    },
    async sendHalf(answer, then) {
      const body = Buffer.from(answer.body);
      const length = then === "endless" ? {} : { "content-length": body.byteLength };
      outgoing.writeHead(answer.status, { ...answer.headers, ...length });
      outgoing.flushHeaders();
      await new Promise<void>((resolve) => {
        outgoing.write(body.subarray(0, body.byteLength / 2), () => resolve());
      });
      if (then === "cut") outgoing.socket?.destroy();
      if (then === "endless") sendForEver(outgoing);
      return RESPONSE_ALREADY_SENT;
    },
    sendRaw(text) {
      outgoing.socket?.end(text, "latin1");
      return RESPONSE_ALREADY_SENT;
    },
  };
}
