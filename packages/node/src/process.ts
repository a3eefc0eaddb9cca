/** What a Node process brings to a client: timers, randomness, and its end. */
import {
  type AsyncHooks,
  isTestRun,
  onEnd,
  onOutOfWork,
  outsideZones,
  type ProcessEnd,
  type ProcessWatch,
  type Timers,
  timersIn,
  uuid,
} from "@whisperr/core";
import { builtin } from "./builtin.ts";

/** Timers that fire while the process lives, but never keep it alive. Looked up at each call, so that a test's fake ones take hold. */
export const timers: Timers = {
  set(callback, delayMs) {
    const handle = setTimeout(callback, delayMs);
    // Some fake timers are plain numbers.
    handle.unref?.();
    return handle;
  },
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};

let crypto: typeof import("node:crypto") | undefined;

/**
 * One that no clone of this process draws too, be it a snapshot of V8's heap or of a whole machine: Node draws UUIDs in advance
 * unless it is told not to, and where the clone has the state of the generator as well, its clock is still another one.
 */
export function randomUuid(): string {
  // At the first event: it takes five milliseconds to load. Not the global `crypto`, which Node 18 lacks.
  crypto ??= builtin("node:crypto") as typeof crypto;
  const nanoseconds = process.hrtime()[1].toString(16).padStart(8, "0");
  const drawn = crypto?.randomUUID({ disableEntropyCache: true }) ?? uuid();
  return drawn.slice(0, -nanoseconds.length) + nanoseconds;
}

/** Whether fetch takes proxies from the environment. Bun, which has this package too, always does. */
export function usesProxies(): boolean {
  const { env, execArgv, versions } = process;
  const flags = [...(execArgv ?? []), ...(env.NODE_OPTIONS ?? "").split(" ")];
  return flags.includes("--use-env-proxy") || env.NODE_USE_ENV_PROXY === "1" || "bun" in versions;
}

const TOLD = Symbol.for("@whisperr/node tests 1");

/** Test runners say so in the environment. Node's own says so in its arguments where all tests run in its process. Told to one client of the process. */
export function warningInTests(address: string): string | undefined {
  const { env, execArgv } = process;
  const host = process as { [TOLD]?: boolean };
  const isTold = env.NODE_TEST_CONTEXT || execArgv?.includes("--test") || isTestRun((name) => env[name]);
  if (host[TOLD] || !isTold) return undefined;
  host[TOLD] = true;
  return `[whisperr] This is a test run, and this client sends to ${address}: write createTestWhisperr() of @whisperr/node/testing, disabled: true, or the baseUrl of a server of yours.`;
}

/** Node has loaded it by itself. */
export function asyncHooks(): AsyncHooks | undefined {
  return builtin("node:async_hooks") as AsyncHooks | undefined;
}

/** One client, which has something to lose. */
interface Listener {
  /** The process has run out of work. */
  readonly ask: () => void;
  /** It ends. */
  readonly tell: () => void;
}

/** All of them, and what the process itself calls. */
interface Exit {
  readonly listeners: Set<Listener>;
  readonly ask: () => void;
  readonly tell: () => void;
}

/** Of the shape of `Exit`: another shape is another name. */
const EXIT = Symbol.for("@whisperr/node exit 2");

/**
 * One `beforeExit` listener and one for `exit`, for all clients of the process, those of other copies of this module included: Node
 * warns of a leak from the eleventh on, and an app may well have more clients, and bundles, than that. They are there only while
 * a client listens.
 */
function exitOfProcess(): Exit {
  const host = process as { [EXIT]?: Exit };
  const listeners = new Set<Listener>();
  host[EXIT] ??= {
    listeners,
    // Node goes on by itself while a timer holds it.
    ask() {
      for (const { ask } of [...listeners]) ask();
    },
    tell() {
      for (const { tell } of [...listeners]) tell();
    },
  };
  return host[EXIT];
}

/** A signal ends the process, of which Node tells nobody. */
export function tellEnd(): void {
  (process as { [EXIT]?: Exit })[EXIT]?.tell();
}

const listening = new Map<ProcessWatch, Listener>();

export const PROCESS_END: ProcessEnd = {
  listen(watch) {
    const { listeners, ask, tell } = exitOfProcess();
    const one = { ask: () => onOutOfWork(watch), tell: () => onEnd(watch) };
    listening.set(watch, one);
    if (!listeners.size) process.on("beforeExit", ask).on("exit", tell);
    listeners.add(one);
    // The app's handler of `exit` has recorded something. A listener that is added now is not called.
    if ((process as { _exiting?: boolean })._exiting) onEnd(watch);
    // This may be a beforeExit handler of the app, too late to be heard now: one more turn, and Node emits it again. A test
    // runner's DOM may have taken the global away; it never ends a process in the midst of a test.
    globalThis.setImmediate?.(() => {});
  },
  unlisten(watch) {
    const { listeners, ask, tell } = exitOfProcess();
    const one = listening.get(watch);
    listening.delete(watch);
    if (one && listeners.delete(one) && !listeners.size) process.off("beforeExit", ask).off("exit", tell);
  },
  holdingTimers: timersIn(outsideZones, {
    set: (callback, delayMs) => setTimeout(callback, delayMs),
    clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
  }),
  // Not `performance`, which tests replace.
  elapsedMs: () => process.uptime() * 1000,
};
