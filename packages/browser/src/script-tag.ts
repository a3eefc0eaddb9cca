/**
 * The script-tag build, `dist/whisperr.iife.js`: a global `whisperr` with `createWhisperr` and all methods of the client
 * it makes. Replays, in order, what the loader stub kept; methods called before `createWhisperr` wait for it.
 */
import { channel, createWhisperr, type Whisperr } from "./index.ts";
import { MAX_WAITING_CALLS, METHODS, type WaitingCall } from "./script-calls.ts";

interface PageGlobal {
  /** The stub's calls; then what takes them at once, for functions of the stub that the page still holds. */
  q?: readonly WaitingCall[] | { push(call: WaitingCall): void };
  channel?: typeof channel;
  [method: string]: unknown;
}

type AnyMethod = (...args: readonly unknown[]) => unknown;

function install(page: PageGlobal): void {
  // The script is on the page twice: the first one goes on.
  if (page.channel) return;
  const kept = (page.q ?? []) as readonly WaitingCall[];
  const waiting: WaitingCall[] = [];
  let client: Whisperr | undefined;

  function call(...[method, args, atMs]: WaitingCall): unknown {
    if (method === "createWhisperr") {
      const made = (createWhisperr as AnyMethod)(...args) as Whisperr;
      client ??= made;
      for (const earlier of waiting.splice(0)) call(...earlier);
      return made;
    }
    if (client) {
      const target = client as unknown as { readonly [method: string]: AnyMethod };
      return at(atMs, () => target[method]?.(...args));
    }
    if (waiting.length < MAX_WAITING_CALLS) waiting.push([method, args, atMs]);
    return undefined;
  }

  function replay(kept: WaitingCall): void {
    try {
      call(...kept);
    } catch (error) {
      // Misuse of options, by a call that has long returned: shown like any other uncaught error, and the rest goes on.
      setTimeout(() => {
        throw error;
      });
    }
  }

  page.channel = channel;
  for (const method of METHODS.split(" ")) {
    page[method] = (...args: unknown[]) => call(method, args, Date.now());
  }
  page.q = { push: replay };
  for (const earlier of kept) replay(earlier);
}

/** Runs `action` while the clock shows `ms`: the clock port reads `Date.now` at each call. */
function at(ms: number, action: () => unknown): unknown {
  const { now } = Date;
  Date.now = () => ms;
  try {
    return action();
  } finally {
    Date.now = now;
  }
}

const page = window as { whisperr?: PageGlobal };
page.whisperr ??= {};
install(page.whisperr);
