/** Mistakes about creation, shutdown and the end of the process (contract, sections 5 and 7). */
import { withClient } from "../hooks/calls.ts";
import { always, ignoring, withOptions } from "../hooks/options.ts";
import { patched } from "../hooks/platform.ts";
import type { Mutant } from "../mutant.ts";

type Listen = (event: string, listener: () => void) => unknown;

const NUMBERS = [
  "flushAt",
  "requestTimeoutMs",
  "maxQueueSize",
  "maxBatchSize",
  "maxRetries",
  "flushIntervalMs",
];

export const lifeMutants: readonly Mutant[] = [
  {
    id: "tail-lost-at-shutdown",
    does: "Stops without the last flush.",
    how: () => {
      let over = false;
      return {
        fetch: (request, send) => (over ? Promise.reject(new Error("over")) : send(request)),
        client: ({ shutdown }) => ({
          shutdown() {
            over = true;
            return shutdown({ timeoutMs: 0 });
          },
        }),
      };
    },
    caughtBy: { "shutdown.flushes": /expected 2 requests, the API saw 0/ },
  },
  {
    id: "shutdown-gives-up-early",
    does: "Makes a single attempt at shutdown.",
    how: withClient(({ shutdown }) => ({ shutdown: () => shutdown({ timeoutMs: 1 }) })),
    caughtBy: { "shutdown.retries": /number of requests: expected 3, got 1/ },
  },
  {
    id: "shutdown-deadline-ignored",
    does: "Waits beyond the deadline of shutdown().",
    how: withClient(({ shutdown }) => ({ shutdown: () => shutdown() })),
    caughtBy: {
      "shutdown.deadline": /end should be fulfilled, but is pending/,
      "shutdown.deadline-in-backoff": /end should be fulfilled, but is pending/,
    },
  },
  {
    id: "queues-after-shutdown",
    does: "Takes calls after shutdown() that nobody will deliver, and counts them as accepted.",
    how: withClient(({ track, shutdown, stats }) => {
      let over = false;
      let more = 0;
      return {
        track: (...args) => (over ? ++more : track(...args)),
        shutdown(options) {
          over = true;
          return shutdown(options);
        },
        stats() {
          const figures = stats();
          return { ...figures, accepted: figures.accepted + more, pending: figures.pending + more };
        },
      };
    }),
    caughtBy: { "shutdown.later-calls-reported": /stats\.pending: expected 0, got 1/ },
  },
  {
    id: "shutdown-flushes-again",
    does: "Starts anew when shutdown() is called again.",
    how: withClient(({ shutdown }) => {
      let over = false;
      return {
        shutdown(options) {
          if (over) return Promise.resolve({ delivered: 0, dropped: 0, pending: 0 });
          over = true;
          return shutdown(options);
        },
      };
    }),
    caughtBy: { "shutdown.idempotent": /s2 should be pending, but is fulfilled/ },
  },
  {
    id: "timer-leak",
    does: "Sets an interval that shutdown() does not clear.",
    how: withClient(() => {
      setInterval(() => {}, 10_000);
      return {};
    }),
    caughtBy: { "shutdown.flushes": /1 timers are still set after shutdown/ },
    on: ["node", "deno", "edge", "browser"],
  },
  {
    id: "listener-leak",
    does: "Leaves a listener on the process behind every client.",
    how: () => {
      const listener = () => {};
      process.on("beforeExit", listener);
      return { undo: () => process.off("beforeExit", listener) };
    },
    caughtBy: { "shutdown.flushes": /process listeners are left after shutdown/ },
  },
  {
    id: "timer-keeps-the-process",
    does: "Holds the process with its interval.",
    how: () => ({
      setTimeout(run, delayMs, set) {
        const timer = set(run, delayMs) as NodeJS.Timeout;
        return Object.assign(timer, { unref: () => timer });
      },
    }),
    caughtBy: { "exit.interval-does-not-hold": /ms until the process ended: expected 0 to 15000/ },
  },
  {
    id: "exit-without-delivery",
    does: "Lets the process end while operations are queued.",
    how: patched(
      () => process,
      "on",
      (on: Listen) => (event: string, listener: () => void) =>
        event === "beforeExit" ? process : on.call(process, event, listener),
    ),
    caughtBy: { "exit.delivers-queued": /expected 3 requests, the API saw 0/ },
  },
  {
    id: "exit-delayed-too-long",
    on: ["node", "deno"],
    does: "Delays the end of the process beyond its limit.",
    how: withOptions((options) => ({
      ...options,
      exitTimeoutMs: Number(options.exitTimeoutMs ?? 2_000) + 15_000,
    })),
    caughtBy: { "exit.deadline-option": /ms until the process ended: expected 1400 to 15000/ },
  },
  {
    id: "exit-code-overwritten",
    does: "Ends the process itself, with a code of its own.",
    how: () => {
      process.on("beforeExit", () => process.exit(0));
      return {};
    },
    caughtBy: { "exit.code-kept": /exit code: expected 3, got 0/ },
  },
  {
    id: "exit-cut-short",
    on: ["node", "deno"],
    does: "Lets the process end before its last request was answered.",
    how: always({ exitTimeoutMs: 1 }),
    caughtBy: { "exit.deadline": /ms until the process ended: expected 1900/ },
  },
  {
    id: "exit-waits-for-the-backoff",
    does: "Spends the end of the process waiting for its next attempt.",
    how: () => {
      let ending = false;
      process.once("beforeExit", () => {
        ending = true;
      });
      return {
        fetch: (request, send) => (ending ? Promise.reject(new Error("not yet")) : send(request)),
      };
    },
    caughtBy: { "exit.in-backoff": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "key-in-the-clear",
    does: "Takes an address without encryption, anywhere.",
    how: always({ allowInsecureHttp: true }),
    caughtBy: { "creation.insecure-base-url": /creation error: expected .*allowInsecureHttp/ },
  },
  {
    id: "numbers-unchecked",
    does: "Takes any number for an option.",
    how: withOptions((options) =>
      Object.fromEntries(
        Object.entries(options).filter(
          ([name, value]) => !NUMBERS.includes(name) || (Number.isInteger(value) && Number(value) > 0),
        ),
      ),
    ),
    caughtBy: {
      "creation.bad-number": /creation error: expected \/flushAt/,
      "creation.not-a-number": /creation error: expected \/requestTimeoutMs/,
      "creation.negative-retries": /creation error: expected \/maxRetries/,
    },
  },
  {
    id: "disabled-needs-a-key",
    does: "Asks for a key though it is disabled.",
    how: withOptions((options) => {
      if (!options.apiKey) throw new Error("apiKey is missing");
      return options;
    }),
    caughtBy: {
      "creation.disabled": /the SDK refused to be created: apiKey is missing/,
      "creation.disabled-client": /the SDK refused to be created: apiKey is missing/,
    },
  },
  {
    id: "no-key-accepted",
    does: "Makes a client without a key.",
    how: withOptions((options) => ({ ...options, apiKey: options.apiKey || "wrk_anything" })),
    caughtBy: {
      "creation.no-key": /creation error: expected \/apiKey/,
      "creation.empty-key": /creation error: expected \/apiKey/,
    },
  },
  {
    id: "outage-keeps-the-process",
    does: "Goes on trying as the process ends, for as long as an outage lasts.",
    how: always({ maxRetries: 1000, exitTimeoutMs: 6_000 }),
    caughtBy: { "field.exit-during-retries": /ms until the process ended: expected 0 to 4500/ },
  },
  {
    id: "one-attempt-at-the-end",
    on: ["node", "deno"],
    does: "Makes a single attempt as the process ends.",
    how: () => {
      let attempts = 0;
      return {
        fetch: (request, send) => (attempts++ > 0 ? Promise.reject(new Error("over")) : send(request)),
      };
    },
    caughtBy: { "exit.retries": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "exit-delivery-not-to-be-turned-off",
    on: ["node", "deno"],
    does: "Takes exitTimeoutMs 0 for the default.",
    how: ignoring("exitTimeoutMs"),
    caughtBy: { "exit.off": /expected 0 requests, the API saw 1/ },
  },
  {
    id: "connection-keeps-the-process",
    on: ["node", "deno"],
    does: "Holds the process for some seconds after its last request.",
    how: () => ({
      fetch(request, send) {
        setTimeout(() => {}, 16_000);
        return send(request);
      },
    }),
    caughtBy: { "exit.nothing-keeps-alive": /ms until the process ended: expected 0 to 15000/ },
  },
];
