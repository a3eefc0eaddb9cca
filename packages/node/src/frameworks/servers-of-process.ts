/** The servers of a process whose framework keeps its own to itself, for `closeOnSignal()`. */
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
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
  const found = (message: unknown) => {
    const { server } = message as Told;
    if (servers.has(server)) return;
    servers.add(server);
    if (isClosing) whenFound();
  };
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as Told;
    onRequest(request, response);
    found(message);
  });
  subscribe("http.server.response.finish", found);
  return {
    on: (_event, listener) => {
      onRequest = listener;
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

/** Calls back when the requests of all have ended. */
function closeAll(servers: ReadonlySet<Server>, done: () => void): void {
  const closing = [...servers].map((server) => new Promise((resolve) => server.close(resolve)));
  void Promise.all(closing).then(done);
}
