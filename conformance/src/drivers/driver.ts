/**
 * The driver, whatever the runtime: carries out the runner's commands (protocol.ts) on an SDK. A runtime brings an
 * `SdkHost`: how to load the SDK, its fetch, its clock and what is left behind.
 */
import { type CallForm, CLOSING, type Command, type Holds, type Signal, USUAL_REQUEST } from "../protocol.ts";
import { createDrivenApp, type DrivenClient } from "./driven-app.ts";
import type { SpecialValues } from "./values.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WatchedFetch } from "./watched-fetch.ts";

export type Creation = Command & { do: "create" };

export interface SdkHost {
  create(options: Record<string, unknown>, form: CallForm): DrivenClient;
  /** Before a client is made: what an earlier one left behind goes, unless the device is the same one `again`. */
  prepare?(creation: Creation): Promise<void>;
  /** The client of another page on this device, which is opened if there is none; of a server SDK, a second one in this process. */
  elsewhere?(): Promise<DrivenClient>;
  /** The page elsewhere goes away. */
  close?(): void;
  /** The page shows this address without being loaded again. */
  navigate?(to: string): void;
  /** The platform ends this incoming request. */
  cut?(request: string): void;
  signal?(name: Signal): void;
  /** Runs the app's calls in this incoming request. */
  within?<Result>(request: string, work: () => Result): Result;
  /** By incoming request. */
  holds?(): Record<string, Holds>;
  special: SpecialValues;
  io: WatchedFetch;
  /** Absent: real time. */
  time?: VirtualTime;
  output: string[];
  /** Resolves when everything that waits for no network has run. */
  settle(): Promise<void>;
  listeners(): number;
  /** Of each request made on this device, whether it was made to outlive its page. */
  outliving?(): boolean[];
}

export function createDriver(host: SdkHost): (command: Command) => Promise<unknown> {
  const app = createDrivenApp(host.create, host.special);

  return async (command) => {
    switch (command.do) {
      case "create":
        await host.prepare?.(command);
        host.output.length = 0;
        host.time?.restart(command.nowMs, command.clockFractionMs ?? 0);
        return app.create(command.options, command.form, command.onError === undefined);
      case "call": {
        const other = command.elsewhere ? await elsewhere(host) : undefined;
        return within(host, command, () => app.call(command.calls, other));
      }
      case "mutate":
        return app.mutate(command.argument, command.path ?? [], command.set);
      case "flush":
        return within(host, command, () =>
          app.start(command.name, (client) => client.flush(timeoutOf(command))),
        );
      case "shutdown":
        return app.start(command.name, (client) =>
          client.shutdown(timeoutOf(command), command.name === CLOSING),
        );
      case "collect":
        return app.collect(command.name);
      case "advance":
        return host.time?.advance(command.ms);
      case "jump":
        return host.time?.jump(command.ms);
      case "idle":
        return { ...(await settled(host)), nextTimerInMs: host.time?.nextTimerInMs() ?? null };
      case "signal":
        if (!host.signal) throw new Error("this driver has nobody who could tell");
        return host.signal(command.name);
      case "close":
        if (!host.close) throw new Error("this driver has no other page");
        return host.close();
      case "navigate":
        if (!host.navigate) throw new Error("this driver has no page");
        return host.navigate(command.to);
      case "cut":
        if (!host.cut) throw new Error("this driver has no incoming requests");
        return host.cut(command.request);
      case "hold":
        return host.io.hold();
      case "release":
        return host.io.release();
      case "observe":
        return {
          ...app.observe(),
          output: host.output,
          outliving: host.outliving?.(),
          holds: host.holds?.(),
        };
      case "leftovers":
        return { timers: host.time?.timers() ?? 0, listeners: host.listeners(), holds: open(host) };
      // Ends the loop that asks for commands, once their result is posted.
      case "reload":
      case "bye":
        return null;
      default:
        throw new Error(`unknown command ${JSON.stringify(command satisfies never)}`);
    }
  };
}

/** An answer may come in while the last of everything runs: it is quiet when it was twice in a row. */
async function settled({ io, settle }: SdkHost): Promise<ReturnType<WatchedFetch["idle"]>> {
  await settle();
  for (let seen = io.idle(); ; seen = io.idle()) {
    await settle();
    const { inFlight, held, requests } = io.idle();
    if (seen.inFlight === inFlight && seen.held === held && seen.requests === requests) return seen;
  }
}

function within(host: SdkHost, { during = USUAL_REQUEST }: { during?: string }, work: () => void): void {
  if (host.within) host.within(during, work);
  else work();
}

function open({ holds }: SdkHost): number | undefined {
  return holds && Object.values(holds()).reduce((sum, one) => sum + one.open, 0);
}

function elsewhere(host: SdkHost): Promise<DrivenClient> {
  if (!host.elsewhere) throw new Error("this driver has one client only");
  return host.elsewhere();
}

function timeoutOf({ timeoutMs }: { timeoutMs?: number }): { timeoutMs: number } | undefined {
  return timeoutMs === undefined ? undefined : { timeoutMs };
}
