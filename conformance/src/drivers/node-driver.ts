/** The driver on Node: real fetch, virtual time on request, control traffic over node:http, which uses no faked timer. */
import { Agent, type IncomingMessage, request } from "node:http";
import { format } from "node:util";
import { appValues } from "./app-values.ts";
import { captureConsole } from "./captured-console.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import { spareNodeTimers } from "./node-timers.ts";
import { type ControlLink, pull } from "./pull.ts";
import { drivenServers, type ServerSdk } from "./server-sdk.ts";
import { settle } from "./settle.ts";
import { installVirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";

/** Where an SDK may listen for the end of the process. */
const LISTENED = ["beforeExit", "SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection"];

/** Arguments: the control address, then "virtual" or "real" for the clock. Returns when the runner says bye. */
export async function driveNode(load: () => Promise<ServerSdk> | ServerSdk): Promise<void> {
  const [control, clock] = process.argv.slice(2);
  const output = captureConsole(format);
  captureWarnings(output);
  const time = clock === "virtual" ? spareNodeTimers(installVirtualTime) : undefined;
  const io = watchFetch(globalThis.fetch);
  globalThis.fetch = io.fetch;
  const sdk = await load();
  const before = LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0);
  const host: SdkHost = {
    ...drivenServers(sdk),
    special: appValues(sdk.channel),
    io,
    ...(time && { time }),
    output,
    settle: () => settle(setImmediate),
    listeners: () => LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0) - before,
  };
  const link = openLink(control ?? "");
  const last = await pull(link, createDriver(host));
  if (last.do === "bye" && last.exitCode !== undefined) process.exitCode = last.exitCode;
  link.close();
}

/** Control traffic over node:http. */
function openLink(control: string): ControlLink & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    next: () => exchange(agent, "GET", `${control}/next`),
    post: (result) => exchange(agent, "POST", `${control}/result`, result),
    close: () => agent.destroy(),
  };
}

function exchange(agent: Agent, method: string, url: string, body = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method }, (answer: IncomingMessage) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text)).on("error", reject);
    });
    outgoing.on("error", reject).end(body);
  });
}

/** Node 18 calls its own fetch experimental; that is not the SDK speaking. */
function captureWarnings(output: string[]): void {
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") output.push(String(warning.stack));
  });
}
