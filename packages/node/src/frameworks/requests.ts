/** What all requests of this process share, whichever entry of the package, and whichever copy of it, serves them. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { EventMap, UserClient } from "@whisperr/core";
import { CURRENT, type Requests } from "../current-whisperr.ts";

export function requestsOfProcess(): Requests {
  const host = process as { [CURRENT]?: Requests };
  host[CURRENT] ??= { storage: new AsyncLocalStorage<UserClient>(), isTold: false };
  return host[CURRENT];
}

/** Runs a request, or a part of one: in it, `currentWhisperr()` is `client`. */
export function runWith<Events extends EventMap, T>(client: UserClient<Events>, run: () => T): T {
  return requestsOfProcess().storage.run(client as UserClient, run);
}
