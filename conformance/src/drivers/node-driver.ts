/** The driver on Node: real fetch, virtual time on request, control traffic over node:http, which uses no faked timer. */
import { Agent, type IncomingMessage, request } from "node:http";
import { format } from "node:util";
import type { Command, Result, TaggedValue } from "../protocol.ts";
import type { DrivenClient } from "./driven-app.ts";
import { createDriver, type SdkHost } from "./driver.ts";
import type { SpecialValues } from "./values.ts";
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
  const time = clock === "virtual" ? installVirtualTime() : undefined;
  const io = watchFetch(globalThis.fetch);
  globalThis.fetch = io.fetch;
  const sdk = await load();
  const before = LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0);
  const host: SdkHost = {
    create: (options) => sdk.createWhisperr(options as never) as DrivenClient,
    special: specialValues(sdk),
    io,
    ...(time && { time }),
    output,
    settle,
    listeners: () => LISTENED.reduce((sum, event) => sum + process.listenerCount(event), 0) - before,
  };
  await pull(control ?? "", createDriver(host));
}

/** Rounds of the event loop after which nothing is left that waits for neither network nor timers. */
const SETTLE_ROUNDS = 4;

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
}

async function pull(control: string, perform: (command: Command) => Promise<unknown>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    const text = await exchange(agent, "GET", `${control}/next`);
    if (text === "") continue;
    const command = JSON.parse(text) as Command;
    const result = await perform(command).then(
      (value): Result => ({ ok: true, value: value ?? null }),
      (error: unknown): Result => ({
        ok: false,
        error: error instanceof Error ? String(error.stack) : String(error),
      }),
    );
    await exchange(agent, "POST", `${control}/result`, JSON.stringify(result));
    if (command.do !== "bye") continue;
    if (command.exitCode !== undefined) process.exitCode = command.exitCode;
    agent.destroy();
    return;
  }
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

/** Functions a case can ask for by name: the SDK's constructors and callbacks of an app. */
function specialValues(sdk: NodeSdk): SpecialValues {
  const constructors = sdk.channel as Record<string, (...args: unknown[]) => unknown>;
  const callbacks: Record<string, (event: Record<string, unknown>) => unknown> = {
    throws: () => {
      throw new Error("a callback of the app failed");
    },
    "returns-null": () => null,
    "leaves-out-secrets": (event) => (event.event_type === "secret_event" ? null : event),
    "adds-property": (event) => ({ ...event, properties: { ...(event.properties as object), added: true } }),
    "returns-circular": (event) => Object.assign(event, { properties: { self: event } }),
    "returns-bad-name": (event) => ({ ...event, event_type: "Not A Name" }),
  };
  return {
    channel: (tag: TaggedValue) => constructors[String(tag.type)]?.(...((tag.args ?? []) as unknown[])),
    callback: (tag: TaggedValue) => callbacks[String(tag.of)],
  };
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
