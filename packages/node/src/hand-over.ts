/** How an outbox takes part in making its client: one that hands operations on, in place of requests to the API. */
import type { ServerClient } from "@whisperr/core";
import type { NodeOptions } from "./create-whisperr.ts";

/** Where such an outbox says how; the same symbol in every copy of this file. */
export const MAKE_CLIENT: unique symbol = Symbol.for("whisperr.make-client 1");

/** Makes the client, from the app's options and what the outbox changes in them. */
export type MakeClient = <Client extends ServerClient<never>>(
  options: NodeOptions,
  create: (options: NodeOptions) => Client,
) => Client;

export interface HandingOver {
  readonly [MAKE_CLIENT]?: MakeClient;
}
