/** The driver on Deno: real fetch, virtual time on request, control traffic over the fetch that nobody watches. */
import { setImmediate } from "node:timers";
import { format } from "node:util";
import { appValues } from "./app-values.ts";
import { captureConsole } from "./captured-console.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import { fetchLink, pull } from "./pull.ts";
import { drivenServers, type ServerSdk } from "./server-sdk.ts";
import { settle } from "./settle.ts";
import { installVirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";
import { watchListeners } from "./watched-listeners.ts";

declare const Deno: { readonly args: readonly string[]; exitCode: number };

/** Arguments: the control address, then "virtual" or "real" for the clock. Returns when the runner says bye. */
export async function driveDeno(load: () => Promise<ServerSdk>): Promise<void> {
  const [control = "", clock] = Deno.args;
  const link = fetchLink(control, globalThis.fetch);
  const output = captureConsole(format);
  const time = clock === "virtual" ? installVirtualTime() : undefined;
  const io = watchFetch(globalThis.fetch);
  globalThis.fetch = io.fetch;
  const listeners = watchListeners([globalThis as unknown as EventTarget]);
  const sdk = await load();
  const host: SdkHost = {
    ...drivenServers(sdk),
    special: appValues(sdk.channel),
    io,
    ...(time && { time }),
    output,
    settle: () => settle(setImmediate),
    listeners,
  };
  const last = await pull(link, createDriver(host));
  if (last.do === "bye" && last.exitCode !== undefined) Deno.exitCode = last.exitCode;
}
