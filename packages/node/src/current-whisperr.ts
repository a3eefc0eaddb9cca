/** The user of the request that is being served, wherever the code is that asks: not the request, the code's caller, is needed. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { RegisteredEvents } from "./register.ts";

/** Where this process keeps what requests run in: each entry of the package is a file of its own, and all of them share it. */
export const CURRENT: unique symbol = Symbol.for("@whisperr/node current 1");

/** Of a process, once middleware of this package has run. */
export interface Requests {
  /** The clients of the requests that run. */
  readonly storage: {
    getStore(): UserClient | undefined;
    run<T>(client: UserClient, run: () => T): T;
  };
  /** A call without a user was told of. */
  isTold: boolean;
}

/**
 * The calls of the user whose request is being served, in any function that the request's handler has called, awaited or not.
 * undefined in listeners of the request's own events, which its connection calls, and outside of requests: in a job or a script, `whisperr.forUser(userId)` says whose calls they are.
 *
 * @example
 * currentWhisperr()?.track("invoice_created", { amount_cents: 4900 });
 */
export function currentWhisperr<Events extends EventMap = RegisteredEvents>():
  | UserClient<Events>
  | undefined {
  const { [CURRENT]: requests } = process as { [CURRENT]?: Requests };
  return requests?.storage.getStore() as UserClient<Events> | undefined;
}
