/** The runner's end of the control protocol (protocol.ts): one HTTP server, one session per driver. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { whyTurnedAway } from "../api/index.ts";
import { messageOf } from "../message-of.ts";
import { parsePosted } from "./driver-answers.ts";
import {
  ANSWER_LIMIT_MS,
  awaitCommand,
  breakOff,
  type Link,
  type Session,
  sessionOf,
  takeResult,
  whatIsPosted,
} from "./session.ts";

export interface ControlServer {
  /** Where pages with a driver come from, as browsers write it in `Origin`. */
  readonly origin: string;
  /** `pageScript`: the file with the driver for its page, if it has one. */
  openSession(pageScript?: string): Session;
  close(): Promise<void>;
}

export interface ControlServerOptions {
  answerLimitMs?: number;
}

/** A driver and the script for its page. */
interface Opened {
  readonly link: Link;
  readonly pageScript: string | undefined;
}

/** What `<control>/page` shows; the driver's script comes from the same place. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>driver</title><script src="driver.js"></script>`;

/** An observation with thousands of errors has less. */
const MAX_RESULT_BYTES = 8 * 1024 * 1024;

export async function startControlServer(options: ControlServerOptions = {}): Promise<ControlServer> {
  const { answerLimitMs = ANSWER_LIMIT_MS } = options;
  const sessions = new Map<string, Opened>();
  const server = createServer((request, response) => {
    const { host, origin } = request.headers;
    const why = whyTurnedAway({ host, origin }, port, [`http://127.0.0.1:${port}`]);
    if (why !== undefined) return void response.writeHead(403).end(why);
    // A driver may ask for what is no address at all: "//".
    const [, id = "", action = ""] = URL.parse(request.url ?? "", url)?.pathname.split("/") ?? [];
    const opened = sessions.get(id);
    if (!opened) return void response.writeHead(404).end();
    void answer(opened, `${request.method} ${action}`, request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    origin: url,
    openSession(pageScript) {
      // It is the driver's pass, too: whoever does not know it reaches nothing.
      const id = randomBytes(16).toString("hex");
      const link: Link = { answerLimitMs };
      sessions.set(id, { link, pageScript });
      return sessionOf(link, `${url}/${id}`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { link, pageScript }: Opened,
  asked: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (asked === "GET next") return awaitCommand(link, response);
  if (asked === "POST result") return receive(link, request, response);
  if (asked === "GET page") return sendText(response, "text/html", PAGE);
  if (asked !== "GET driver.js" || pageScript === undefined) return void response.writeHead(404).end();
  try {
    sendText(response, "text/javascript; charset=utf-8", await readFile(pageScript, "utf8"));
  } catch (error) {
    breakOff(link, `the page's script is not there: ${String(error)}`, response);
  }
}

/** Whatever is posted: it is a result, or the end of this driver. */
async function receive(link: Link, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const what = whatIsPosted(link);
  try {
    takeResult(link, parsePosted(await readBody(request)), response);
  } catch (error) {
    breakOff(link, `${what} is no result: ${messageOf(error)}`, response);
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > MAX_RESULT_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Error("the connection broke in the middle of it");
  }
  if (size > MAX_RESULT_BYTES) throw new Error(`it has more than ${MAX_RESULT_BYTES} bytes`);
  return Buffer.concat(chunks);
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text);
}
