/** The servers of a process whose framework keeps its own to itself, for `closeOnSignal()`. */
import { subscribe } from "node:diagnostics_channel";
import { Server, ServerResponse } from "node:http";
import type { ClosableResponse, ClosableServer } from "../close-on-signal.ts";

/** What Node tells of a request, whoever made its server. */
interface Told {
  readonly request: unknown;
  readonly response: ClosableResponse;
  readonly server: Server;
}

/**
 * Every server that has had a request since. To be called while one is served: that one began before, and its server is known when
 * it has been answered, if not by another. Until then `close()` waits.
 */
export function serversOfProcess(): ClosableServer {
  const servers = new Set<Server>();
  let isClosing = false;
  let whenFound = () => {};
  let onRequest = (_request: unknown, _response: ClosableResponse) => {};
  const found = (server: Server | undefined) => {
    if (server === undefined || servers.has(server)) return;
    servers.add(server);
    if (isClosing) whenFound();
  };
  onRequests((told) => {
    onRequest(told.request, told.response);
    found(told.server);
  });
  onAnswered(found);
  return {
    on: (event, listener) => {
      if (event === "request") onRequest = listener;
    },
    close: (done = () => {}) => {
      isClosing = true;
      whenFound = () => closeAll(servers, done);
      if (servers.size > 0) whenFound();
    },
    closeIdleConnections: () => {
      for (const server of servers) server.closeIdleConnections();
    },
  };
}

function onRequests(tell: (told: Told) => void): void {
  if (!isBun()) return subscribe("http.server.request.start", (told) => tell(told as Told));
  // Bun has these channels and says nothing in them.
  const { emit } = Server.prototype;
  Server.prototype.emit = function (this: Server, ...event: unknown[]) {
    const [name, request, response] = event;
    if (name === "request") tell({ request, response: response as ClosableResponse, server: this });
    return emit.apply(this, event as Parameters<typeof emit>);
  };
}

function onAnswered(tell: (server: Server | undefined) => void): void {
  if (!isBun()) return subscribe("http.server.response.finish", (told) => tell((told as Told).server));
  const { emit } = ServerResponse.prototype;
  ServerResponse.prototype.emit = function (this: ServerResponse, ...event: unknown[]) {
    if (event[0] === "finish") tell((this.req?.socket as { server?: Server } | undefined)?.server);
    return emit.apply(this, event as Parameters<typeof emit>);
  };
}

const isBun = (): boolean => "bun" in process.versions;

/** Calls back when the requests of all have ended. */
function closeAll(servers: ReadonlySet<Server>, done: () => void): void {
  const closing = [...servers].map((server) => new Promise((resolve) => server.close(resolve)));
  void Promise.all(closing).then(done);
}
