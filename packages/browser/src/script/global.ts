/** The global `whisperr` of the script-tag build: what the loader stub kept is replayed, and calls find their client. */
import { attempt } from "@whisperr/core";
import type { channel, Whisperr } from "../index.ts";
import { isKept, METHODS, type WaitingCall } from "./calls.ts";

export interface PageGlobal {
  /** The stub's calls; then what takes them at once, for functions of the stub that the page still holds. */
  q?: readonly WaitingCall[] | { push(call: WaitingCall): void };
  channel?: typeof channel;
  [method: string]: unknown;
}

type AnyMethod = (...args: readonly unknown[]) => unknown;

/** What decides which of several clients gets the calls. */
interface Given {
  readonly apiKey?: unknown;
  readonly disabled?: unknown;
}

/** Methods called before `createWhisperr` wait for it. */
export function installGlobal(page: PageGlobal, create: AnyMethod): void {
  const kept = (page.q ?? []) as readonly WaitingCall[];
  const waiting: WaitingCall[] = [];
  let client: Whisperr | undefined;
  let clientKey: unknown;

  /** The first client has the calls; after its `shutdown()`, or where it was disabled, the one that follows it. */
  function made(next: Whisperr, given: unknown): Whisperr {
    const { apiKey, disabled } = Object(given) as Given;
    const key = disabled === true ? undefined : apiKey;
    if (clientKey === undefined || key === clientKey) {
      client = next;
      clientKey = key;
    }
    return next;
  }

  /** `atMs`: when it was called, if that was earlier. */
  function call(method: string, args: readonly unknown[], atMs?: number): unknown {
    if (method === "createWhisperr") {
      const next = made(create.apply(undefined, args as unknown[]) as Whisperr, args[0]);
      // What waits may be lost where the page has broken what this needs; the client is not.
      attempt(() => {
        for (const [name, its, itsMs] of waiting.splice(0)) call(name, its, itsMs);
      });
      return next;
    }
    if (client === undefined) {
      if (isKept(method, waiting)) waiting.push([method, args, atMs ?? Date.now()]);
      return undefined;
    }
    const target = client as unknown as { readonly [method: string]: AnyMethod };
    const action = () => target[method]?.apply(undefined, args as unknown[]);
    return atMs === undefined ? action() : at(atMs, action);
  }

  function replay(earlier: WaitingCall): void {
    try {
      call(...earlier);
    } catch (error) {
      // Of a call that has long returned: shown like any other uncaught error, and the rest goes on.
      setTimeout(() => {
        throw error;
      });
    }
  }

  for (const method of METHODS.split(" ")) {
    page[method] = (...args: unknown[]) => call(method, args);
  }
  page.q = { push: replay };
  for (const earlier of kept) replay(earlier);
}

/** Runs `action` while the clock shows `ms`: the clock port reads `Date.now` at each call. */
function at(ms: number, action: () => unknown): unknown {
  const { now } = Date;
  try {
    Date.now = () => ms;
  } catch {
    // The page has frozen it: then the event happened when it was replayed.
    return action();
  }
  try {
    return action();
  } finally {
    Date.now = now;
  }
}
