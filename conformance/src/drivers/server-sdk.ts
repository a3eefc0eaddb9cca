/** A server SDK, as the driver calls it. */
import type { DrivenClient } from "./driven-app.ts";

/** What is used of it. */
export interface ServerSdk {
  createWhisperr: (options: never) => object;
  channel: object;
}

type Method = (...args: unknown[]) => unknown;

interface ServerClient extends Omit<DrivenClient, "call"> {
  track: Method;
  identify: Method;
  forUser(userId: unknown): { track: Method; identify: Method };
}

export function drivenServer(sdk: ServerSdk, options: Record<string, unknown>): DrivenClient {
  const client = sdk.createWhisperr(options as never) as ServerClient;
  return {
    call(name, args, bound) {
      if (name !== "track" && name !== "identify") throw new Error(`server SDKs have no ${name}()`);
      (bound ? client.forUser(bound[0]) : client)[name](...args);
    },
    flush: () => client.flush(),
    shutdown: (shutdownOptions) => client.shutdown(shutdownOptions),
    stats: () => client.stats(),
  };
}
