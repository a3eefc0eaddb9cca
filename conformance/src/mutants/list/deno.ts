/** Mistakes of the SDK for Deno about what only Deno has: its timers, and the events of its end (contract, sections 5 and 7). */
import { withOptions } from "../hooks/options.ts";
import { patched } from "../hooks/platform.ts";
import type { How, Mutant } from "../mutant.ts";

interface Deno {
  exit(code: number): never;
}

const deno = (): Deno => (globalThis as unknown as { Deno: Deno }).Deno;

type Listen = (type: string, listener: (event: Event) => void) => void;

/** What listeners for the end of the process become. */
const atItsEnd = (edit: (listener: (event: Event) => void) => (event: Event) => void): How =>
  patched(
    () => globalThis,
    "addEventListener",
    (add: Listen) => (type: string, listener: (event: Event) => void) =>
      add(type, type === "beforeunload" ? edit(listener) : listener),
  );

export const denoMutants: readonly Mutant[] = [
  {
    id: "deno-timers-hold",
    does: "Leaves its timers as they are, so that each of them keeps the process.",
    on: ["deno"],
    how: () => ({
      patches: [{ target: deno(), name: "unrefTimer", by: () => () => {} }],
      setTimeout(run, delayMs, set) {
        const timer = set(run, delayMs) as object;
        return typeof timer === "object" ? Object.assign(timer, { unref: () => timer }) : timer;
      },
    }),
    caughtBy: {
      "exit.interval-does-not-hold": /ms until the process ended: expected 0 to 15000/,
      "exit.backoff-does-not-hold": /ms until the process ended: expected 0 to 4500/,
    },
  },
  {
    id: "deno-end-unheard",
    does: "Does not hear that the process has run out of work.",
    on: ["deno"],
    how: atItsEnd(() => () => {}),
    caughtBy: { "exit.delivers-queued": /expected 3 requests, the API saw 0/ },
  },
  {
    id: "deno-exits-itself",
    does: "Ends the process when all is delivered, with a code of its own.",
    on: ["deno"],
    how: atItsEnd((listener) => (event) => {
      listener(event);
      if (!event.defaultPrevented) deno().exit(0);
    }),
    caughtBy: { "exit.code-kept": /exit code: expected 3, got 0/ },
  },
  {
    id: "deno-listener-stays",
    does: "Leaves its listeners behind after shutdown().",
    on: ["deno"],
    how: patched(
      () => globalThis,
      "removeEventListener",
      () => () => {},
    ),
    caughtBy: { "shutdown.flushes": /process listeners are left after shutdown/ },
  },
  {
    id: "deno-refused-client-listens",
    does: "Listens for the end of the process before it has looked at its options.",
    on: ["deno"],
    how: () => ({
      options(options) {
        globalThis.addEventListener("unload", () => {});
        return options;
      },
    }),
    caughtBy: { "creation.context-as-text": /process listeners are left after shutdown/ },
  },
  {
    id: "deno-clients-end-in-turn",
    does: "Gives each client of a process its own time at the end.",
    on: ["deno"],
    how: withOptions((options) => ({ ...options, exitTimeoutMs: 2 * Number(options.exitTimeoutMs ?? 2000) })),
    caughtBy: { "clients.exit-deadline": /ms until the process ended/ },
  },
];
