/**
 * The driver, whatever the runtime: carries out the runner's commands (protocol.ts) on an SDK. A runtime brings an
 * `SdkHost`: how to load the SDK, its fetch, its clock and what is left behind.
 */
import type { Call, Collected, Command, Created, WireObject } from "../protocol.ts";
import { decodeObject, decodeValue, type SpecialValues } from "./values.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WatchedFetch } from "./watched-fetch.ts";

type Method = (...args: unknown[]) => unknown;

/** What the driver needs of a client; arguments are deliberately untyped, cases pass wrong ones. */
export interface DrivenClient {
  track: Method;
  identify: Method;
  forUser: (userId: unknown) => { track: Method; identify: Method };
  flush(): Promise<unknown>;
  shutdown(options?: { timeoutMs?: number }): Promise<unknown>;
  stats(): unknown;
}

export interface SdkHost {
  create(options: Record<string, unknown>): DrivenClient;
  special: SpecialValues;
  io: WatchedFetch;
  /** Absent: real time. */
  time?: VirtualTime;
  output: string[];
  /** Resolves when everything that waits for no network has run. */
  settle(): Promise<void>;
  listeners(): number;
}

export function createDriver(host: SdkHost): (command: Command) => Promise<unknown> {
  let client: DrivenClient | undefined;
  let lastArgs: unknown[] = [];
  let errors: unknown[] = [];
  let thrown: string[] = [];
  let promises = new Map<string, Collected>();

  /** An app's callback that calls the SDK again. */
  const special: SpecialValues = {
    ...host.special,
    "calls-track":
      ({ args }) =>
      () =>
        client?.track(...(args as unknown[])),
  };

  function create(command: Command & { do: "create" }): Created {
    client = undefined;
    errors = [];
    thrown = [];
    promises = new Map();
    host.output.length = 0;
    host.time?.restart(command.nowMs, command.clockFractionMs ?? 0);
    const options = clientOptions(command.options, errors, special);
    try {
      client = host.create(options);
      return { created: true };
    } catch (error) {
      return { created: false, error: messageOf(error) };
    }
  }

  function makeCall(call: Call, index: number): void {
    const method = call.track ? "track" : "identify";
    lastArgs = (call[method] ?? []).map((value) => decodeValue(value, index, host.special));
    try {
      const target =
        "forUser" in call ? live().forUser(decodeValue(call.forUser ?? null, index, host.special)) : live();
      target[method](...lastArgs);
    } catch (error) {
      thrown.push(`${method}: ${messageOf(error)}`);
    }
  }

  function remember(name: string, promise: Promise<unknown>): void {
    promises.set(name, { state: "pending" });
    promise.then(
      (value) => promises.set(name, { state: "fulfilled", value }),
      (error) => promises.set(name, { state: "rejected", value: messageOf(error) }),
    );
  }

  function live(): DrivenClient {
    if (!client) throw new Error("no client: creation failed or was never asked for");
    return client;
  }

  return async (command) => {
    switch (command.do) {
      case "create":
        return create(command);
      case "call":
        for (const call of command.calls) {
          for (let index = 0; index < (call.repeat ?? 1); index++) makeCall(call, index);
        }
        return null;
      case "mutate":
        return Object.assign(
          lastArgs[command.argument] as object,
          decodeObject(command.set, 0, host.special),
        );
      case "flush":
        return remember(command.name, live().flush());
      case "shutdown":
        return remember(command.name, live().shutdown(timeoutOf(command)));
      case "collect":
        return promises.get(command.name) ?? null;
      case "advance":
        return { movedMs: (await host.time?.advance(command.ms)) ?? command.ms };
      case "idle":
        await host.settle();
        return host.io.idle();
      case "hold":
        return host.io.hold();
      case "release":
        return host.io.release();
      case "observe":
        return { stats: client?.stats() ?? null, errors, output: host.output, thrown };
      case "leftovers":
        return { timers: host.time?.timers() ?? 0, listeners: host.listeners() };
      case "bye":
        return null;
      default:
        throw new Error(`unknown command ${JSON.stringify(command satisfies never)}`);
    }
  };
}

/** `onError` records unless the case brings its own, which is recorded around. */
function clientOptions(wire: WireObject, errors: unknown[], special: SpecialValues): Record<string, unknown> {
  const options = decodeObject(wire, 0, special);
  const own = options.onError;
  options.onError = (error: unknown) => {
    errors.push(error);
    if (typeof own === "function") own(error);
  };
  return options;
}

function timeoutOf(command: { timeoutMs?: number }): { timeoutMs: number } | undefined {
  return command.timeoutMs === undefined ? undefined : { timeoutMs: command.timeoutMs };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
