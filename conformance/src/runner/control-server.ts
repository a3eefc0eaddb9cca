/** The runner's end of the control protocol (protocol.ts): one HTTP server, one session per driver. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command, Result } from "../protocol.ts";

export interface ControlServer {
  /** `pageScript`: the file with the driver for its page, if it is not the usual one. */
  openSession(pageScript?: string): Session;
  close(): Promise<void>;
}

export interface Session {
  /** What the driver is given as its control address. */
  readonly url: string;
  /** Hands a command to the driver and resolves with its value; rejects on a failed, late or lost answer. */
  send(command: Command): Promise<unknown>;
  /** The driver is gone: fails what is under way and everything after. */
  end(reason: string): void;
  /** False once an answer did not come in time, and from the end on. */
  isAnswering(): boolean;
}

/** How long a driver may take for one command. Generous: commands wait for no network. */
const ANSWER_LIMIT_MS = 20_000;
/** How long `GET /next` is held open before it is answered with 204. */
const POLL_LIMIT_MS = 15_000;

interface OpenSession extends Session {
  readonly pageScript: string | undefined;
  next(response: ServerResponse): void;
  /** Takes it, and answers with the next command. */
  result(result: Result, response: ServerResponse): void;
}

/** What `<control>/page` shows; the driver's script comes from the same place. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>driver</title><script src="driver.js"></script>`;

/** `usualScript`: the file with the driver for pages. */
export async function startControlServer(usualScript?: string): Promise<ControlServer> {
  const sessions = new Map<string, OpenSession>();
  let opened = 0;
  const server = createServer(async (request, response) => {
    const [, id, action] = (request.url ?? "").split("/");
    const session = sessions.get(id ?? "");
    if (session && request.method === "GET" && action === "next") return session.next(response);
    if (session && request.method === "POST" && action === "result") {
      const result = JSON.parse(await readText(request)) as Result;
      return session.result(result, response);
    }
    if (session && action === "page") return sendText(response, "text/html", PAGE);
    if (session && action === "driver.js" && session.pageScript !== undefined)
      return sendText(response, "text/javascript; charset=utf-8", await readFile(session.pageScript, "utf8"));
    return response.writeHead(404).end();
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    openSession(pageScript = usualScript) {
      const id = `session-${++opened}`;
      const session = { ...createSession(`http://127.0.0.1:${port}/${id}`), pageScript };
      sessions.set(id, session);
      return session;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A command that was handed out, or will be, and has no answer yet. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

function createSession(url: string): Omit<OpenSession, "pageScript"> {
  let waiting: ServerResponse | undefined;
  let queued: Command | undefined;
  let settle: Pending | undefined;
  let ended: string | undefined;
  let late = false;
  /** The driver asks again by itself, or never. */
  let isParting = false;

  function hand(command: Command, response: ServerResponse): void {
    waiting = undefined;
    queued = undefined;
    isParting = command.do === "bye" || command.do === "reload";
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(command));
  }

  function finish(outcome: (pending: Pending) => void): void {
    const pending = settle;
    settle = undefined;
    if (!pending) return;
    clearTimeout(pending.timer);
    outcome(pending);
  }

  return {
    url,
    send: (command) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(new Error(ended));
        const giveUp = () => {
          late = true;
          finish((pending) => pending.reject(new Error(`no answer to "${command.do}"`)));
        };
        const timer = setTimeout(giveUp, ANSWER_LIMIT_MS);
        settle = { resolve, reject, timer };
        if (waiting) hand(command, waiting);
        else queued = command;
      }),
    next(response) {
      if (queued) return hand(queued, response);
      waiting = response;
      afterPollLimit(response, () => {
        if (waiting === response) waiting = undefined;
      });
    },
    isAnswering: () => !late && ended === undefined,
    result(result, response) {
      if (isParting) response.writeHead(204).end();
      else this.next(response);
      finish((pending) =>
        result.ok ? pending.resolve(result.value) : pending.reject(new Error(result.error)),
      );
    },
    end(reason) {
      ended = reason;
      finish((pending) => pending.reject(new Error(reason)));
    },
  };
}

/** Answers 204 when no command came in time; the driver asks again. */
function afterPollLimit(response: ServerResponse, forget: () => void): void {
  const timer = setTimeout(() => {
    forget();
    if (!response.writableEnded) response.writeHead(204).end();
  }, POLL_LIMIT_MS);
  response.on("close", () => clearTimeout(timer));
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
