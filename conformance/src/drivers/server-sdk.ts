/** A server SDK, as the driver calls it. */
import type { DrivenClient } from "./driven-app.ts";
import { type Stats, summedStats } from "./summed-stats.ts";

/** What is used of it. */
export interface ServerSdk {
  createWhisperr: (options: never) => object;
  channel: object;
}

type Options = Record<string, unknown>;
type Method = (...args: unknown[]) => unknown;

interface ServerClient extends Omit<DrivenClient, "call"> {
  track: Method;
  identify: Method;
  forUser(userId: unknown): { track: Method; identify: Method };
}

/** The app's client, and another one with the same options that lives beside it once it is asked for. */
export function drivenServers(sdk: ServerSdk, complete = (options: Options): Options => options) {
  let clients: ServerClient[] = [];
  let given: Options = {};

  return {
    create(options: Options): DrivenClient {
      given = complete(options);
      clients = [];
      clients = [sdk.createWhisperr(given as never) as ServerClient];
      return driven(clients, 0);
    },
    async elsewhere(): Promise<DrivenClient> {
      clients[1] ??= sdk.createWhisperr(given as never) as ServerClient;
      return driven(clients, 1);
    },
  };
}

/** `clients`: all there are. */
function driven(clients: readonly ServerClient[], which: number): DrivenClient {
  const client = clients[which] as ServerClient;
  return {
    call(name, args, bound) {
      if (name !== "track" && name !== "identify") throw new Error(`server SDKs have no ${name}()`);
      (bound ? client.forUser(bound[0]) : client)[name](...args);
    },
    flush: (options) => client.flush(options),
    async shutdown(options, isClosing) {
      const others = isClosing ? clients.filter((one) => one !== client) : [];
      const [result] = await Promise.all([client, ...others].map((one) => one.shutdown(options)));
      return result;
    },
    stats: () => summedStats(clients.map((one) => one.stats() as Stats)) ?? null,
  };
}
