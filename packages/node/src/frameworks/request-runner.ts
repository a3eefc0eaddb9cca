/** What the middleware of every framework does with a request. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { Whisperr } from "../create-whisperr.ts";
import { type Framework, type RequestOptions, requestClients } from "./request-client.ts";
import { runWith } from "./requests.ts";

/** What the middleware of a framework is that has a place for a request's own things. */
export interface FrameworkWithPlace<Request extends readonly unknown[], Events extends EventMap>
  extends Framework<Request> {
  /** Puts the client where handlers look for it. */
  readonly place: (client: UserClient<Events>, ...request: Request) => void;
}

/**
 * Runs a request, whose client is then in its place, and in `currentWhisperr()`. Throws at once, as `requestClients()` does.
 */
export function requestRunner<Request extends readonly unknown[], Events extends EventMap>(
  whisperr: Whisperr<Events>,
  options: RequestOptions<Request> | undefined,
  framework: FrameworkWithPlace<Request, Events>,
): <T>(run: () => T, ...request: Request) => T {
  const clientOf = requestClients<Request, Events>(whisperr, options, framework);
  return (run, ...request) => {
    const client = clientOf(...request);
    framework.place(client, ...request);
    return runWith(client, run);
  };
}

/** Sets `whisperr` of what the framework keeps for each request. */
export function placeIn<Events extends EventMap>(own: object, client: UserClient<Events>): void {
  Object.assign(own, { whisperr: client });
}
