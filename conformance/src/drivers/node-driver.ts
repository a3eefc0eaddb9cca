/** The driver on Node: real fetch, virtual time on request, control traffic over node:http, which uses no faked timer. */
import { Agent, type IncomingMessage, request } from "node:http";
import { format } from "node:util";
import { appValues } from "./app-values.ts";
import type { DrivenClient } from "./driven-app.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import { spareNodeTimers } from "./node-timers.ts";
import { type ControlLink, pull } from "./pull.ts";
import { installVirtualTime } from "./virtual-time.ts";
import { watchFetch } from "./watched-fetch.ts";

/** What is used of `@whisperr/node`. */
export interface NodeSdk {
  createWhisperr: (options: never) => object;
  channel: object;
}

/** Where an SDK may listen for the end of the process. */
const LISTENED = ["beforeExit", "SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection"];

/** Arguments: the control address, then "virtual" or "real" for the clock. Returns when the runner says bye. */
export async function driveNode(load: () => Promise<NodeSdk> | NodeSdk): Promise<void> {
  const [control, clock] = process.argv.slice(2);
  const output = captureConsole();
  const time = clock === "virtual" ? spareNodeTimers(installVirtualTime) : undefined;
  const io = watchFetch(globalThis.fetch);
  globalThis.fetch = io.fetch;
  const sdk = await load();
  const before = LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0);
  const host: SdkHost = {
    create: (options) => drivenClient(sdk.createWhisperr(options as never) as ServerClient),
    special: appValues(sdk.channel),
    io,
    ...(time && { time }),
    output,
    settle,
    listeners: () => LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0) - before,
  };
  const link = openLink(control ?? "");
  const last = await pull(link, createDriver(host));
  if (last.do === "bye" && last.exitCode !== undefined) process.exitCode = last.exitCode;
  link.close();
}

type Method = (...args: unknown[]) => unknown;

interface ServerClient extends Omit<DrivenClient, "call"> {
  track: Method;
  identify: Method;
  forUser(userId: unknown): { track: Method; identify: Method };
}

function drivenClient(client: ServerClient): DrivenClient {
  return {
    call(name, args, bound) {
      if (name !== "track" && name !== "identify") throw new Error(`server SDKs have no ${name}()`);
      (bound ? client.forUser(bound[0]) : client)[name](...args);
    },
    flush: () => client.flush(),
    shutdown: (options) => client.shutdown(options),
    stats: () => client.stats(),
  };
}

/** Rounds of the event loop after which nothing is left that waits for neither network nor timers. */
const SETTLE_ROUNDS = 4;

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
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

function captureConsole(): string[] {
  const output: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug"] as const) {
    console[name] = (...args: unknown[]) => void output.push(format(...args));
  }
  // Node 18 calls its own fetch experimental; that is not the SDK speaking.
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") output.push(String(warning.stack));
  });
  return output;
}
