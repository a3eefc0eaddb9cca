// biome-ignore-all lint/suspicious/noTemplateCurlyInString: edits are source text
/** Mistakes about errors, the books, shutdown and the end of the process (contract, sections 5 and 7). */
import type { Defect } from "./defect.ts";
import {
  client,
  clock,
  create,
  end,
  exit,
  loop,
  options,
  reporter,
  settlement,
  shutDown,
  table,
} from "./sources.ts";

export const lifeDefects: readonly Defect[] = [
  {
    name: "on-error-throws-through",
    breaks: "Lets what onError throws reach the app.",
    edits: [
      reporter(
        "new Promise((resolve) => resolve((onError ?? warnOnce)(safe))).catch((thrown: unknown) =>\n        printDebug(`onError threw: ${describeThrown(thrown)}`),\n      );",
        "(onError ?? warnOnce)(safe);\n      void describeThrown;",
      ),
    ],
    caughtBy: { "on-error.throws": /a call threw: track: a callback of the app failed/ },
  },
  {
    name: "on-error-for-ever",
    breaks: "Reports an error that onError's own call caused to onError, and so on.",
    edits: [reporter("if (reporting) return;", "")],
    caughtBy: { "on-error.calls-again": /stats\.accepted: expected 3 to 10/ },
  },
  {
    name: "key-in-an-error",
    breaks: "Shows the key in an error when the server's answer does.",
    edits: [reporter('text.split(apiKey).join("wrk_…")', "text")],
    caughtBy: { "auth.wrong-key": /the key leaked: .*"type":"auth"/ },
  },
  {
    name: "key-in-diagnostics",
    breaks: "Prints the request's headers when debug is on.",
    edits: [
      reporter('text.split(apiKey).join("wrk_…")', "text"),
      loop("const words =", "reporter.debug(JSON.stringify(config));\n    const words ="),
    ],
    caughtBy: { "console.debug": /the key leaked: \[whisperr\]/ },
  },
  {
    name: "prints-unasked",
    breaks: "Prints every error though the app listens to onError.",
    edits: [reporter("if (reporting) return;", 'if (reporting) return;\n      print("warn", safe.message);')],
    caughtBy: { "console.quiet": /output: expected ""/ },
  },
  {
    name: "rejected-counted-twice",
    breaks: "Counts events that the server rejected as delivered too.",
    edits: [settlement("ledger.deliver(count - rejected);", "ledger.deliver(count);")],
    caughtBy: { "answer.rejected-count": /ledger: 5 accepted is not 5 delivered \+ 2 dropped/ },
  },
  {
    name: "losses-not-counted",
    breaks: "Reports what it drops, and leaves it out of the books.",
    edits: [settlement("ledger.drop(reason, count);\n    dropped(", "dropped(")],
    caughtBy: { "drop.any-4xx": /ledger: 8 accepted is not 1 delivered/ },
  },
  {
    name: "tail-lost-at-shutdown",
    breaks: "Stops without the last flush.",
    edits: [
      table(
        "stopRequested: (state, _input, config) => startFlush(join(stop(state)), config),",
        'stopRequested: (state, _input, config) => rest(join(stop(state)), "idle", config),',
      ),
    ],
    caughtBy: { "shutdown.flushes": /expected 2 requests, the API saw 0/ },
  },
  {
    name: "shutdown-gives-up-early",
    breaks: "Makes a single attempt at shutdown.",
    edits: [
      shutDown(
        "const stopped = loop.stop();",
        "const stopped = loop.stop();\n  timers.set(loop.abandon, 0);",
      ),
    ],
    caughtBy: { "shutdown.retries": /number of requests: expected 3, got 1/ },
  },
  {
    name: "shutdown-deadline-ignored",
    breaks: "Waits beyond the deadline of shutdown().",
    edits: [
      shutDown(
        "timers.set(loop.abandon, Math.max(timeoutMs, 0))",
        "timers.set(() => {}, Math.max(timeoutMs, 0))",
      ),
    ],
    caughtBy: { "shutdown.deadline": /end should be fulfilled, but is pending/ },
  },
  {
    name: "queues-after-shutdown",
    breaks: "Takes calls after shutdown() that nobody will deliver, and counts them as accepted.",
    edits: [
      client(
        'if (loop.stopped) return loop.refuse("shut_down", `track(',
        'if (false) return loop.refuse("shut_down", `track(',
      ),
      loop("if (stopped) return settlement.refuse(", "if (false) return settlement.refuse("),
    ],
    caughtBy: { "shutdown.later-calls-reported": /stats\.pending: expected 0, got 1/ },
  },
  {
    name: "timer-leak",
    breaks: "Sets an interval that shutdown() does not clear.",
    edits: [
      create(
        "lifecycle.watch(loop);",
        "lifecycle.watch(loop);\n  setInterval(() => loop.retryNow(), 10_000).unref();",
      ),
    ],
    caughtBy: { "shutdown.flushes": /1 timers are still set after shutdown/ },
  },
  {
    name: "listener-leak",
    breaks: "Leaves a listener on the process behind every client.",
    edits: [
      create(
        "lifecycle.watch(loop);",
        'lifecycle.watch(loop);\n  process.on("beforeExit", () => loop.retryNow());',
      ),
    ],
    caughtBy: { "shutdown.flushes": /1 process listeners are left after shutdown/ },
  },
  {
    name: "timer-keeps-the-process",
    breaks: "Holds the process with its interval.",
    edits: [clock("handle.unref?.();", "")],
    caughtBy: { "exit.interval-does-not-hold": /expected 0 requests, the API saw 1/ },
  },
  {
    name: "exit-without-delivery",
    breaks: "Lets the process end while operations are queued.",
    edits: [exit('process.on("beforeExit", notify)', 'process.on("exit", notify)')],
    caughtBy: { "exit.delivers-queued": /expected 3 requests, the API saw 0/ },
  },
  {
    name: "exit-delayed-too-long",
    breaks: "Delays the end of the process beyond its limit.",
    edits: [
      end("holdingTimers.set(loop.abandon, leftMs)", "holdingTimers.set(loop.abandon, leftMs + 5_000)"),
    ],
    caughtBy: { "exit.deadline-option": /ms until the process ended: expected 1400 to 6000/ },
  },
  {
    name: "exit-code-overwritten",
    breaks: "Ends the process itself, with a code of its own.",
    edits: [
      exit(
        "for (const listener of [...listeners]) listener.onOutOfWork();",
        "for (const listener of [...listeners]) listener.onOutOfWork();\n  process.exitCode = 0;",
      ),
    ],
    caughtBy: { "exit.code-kept": /exit code: expected 3, got 0/ },
  },
  {
    name: "key-in-the-clear",
    breaks: "Takes an address without encryption, anywhere.",
    edits: [options("allowInsecureHttp || ENCRYPTED_OR_LOOPBACK.test(url)", "true")],
    caughtBy: { "creation.insecure-base-url": /creation error: expected .*allowInsecureHttp/ },
  },
  {
    name: "numbers-unchecked",
    breaks: "Takes any number for an option.",
    edits: [options("Number.isInteger(value) && value >= min && value <= max", "true")],
    caughtBy: {
      "creation.bad-number": /creation error: expected \/flushAt/,
      "creation.not-a-number": /creation error: expected \/requestTimeoutMs/,
    },
  },
  {
    name: "exit-cut-short",
    breaks: "Lets the process end before its last request was answered.",
    edits: [end("holdingTimers.set(loop.abandon, leftMs)", "holdingTimers.set(loop.abandon, 0)")],
    caughtBy: { "exit.deadline": /ms until the process ended: expected 1900/ },
  },
  {
    name: "exit-waits-for-the-backoff",
    breaks: "Spends the end of the process waiting for its next attempt.",
    edits: [end("loop.retryNow();", "")],
    caughtBy: { "exit.in-backoff": /expected 2 requests, the API saw 1/ },
  },
  {
    name: "disabled-needs-a-key",
    breaks: "Asks for a key though it is disabled.",
    edits: [create("options.disabled === true", "options === undefined")],
    caughtBy: { "creation.disabled": /no client: creation failed/ },
  },
  {
    name: "no-key-accepted",
    breaks: "Makes a client without a key.",
    edits: [options("/^[!-~]+$/.test(apiKey)", "true")],
    caughtBy: { "creation.no-key": /creation error: expected \/apiKey/ },
  },
  {
    name: "exhausted-unreported",
    breaks: "Says nothing when retries have run out.",
    edits: [
      settlement(
        'const message = because === "auth"',
        'if (because === "retry_exhausted") return;\n      const message = because === "auth"',
      ),
    ],
    caughtBy: { "exhausted.later-flush-delivers": /errors: expected 1 items, got 0/ },
  },
  {
    name: "shutdown-flushes-again",
    breaks: "Starts anew when shutdown() is called again.",
    edits: [
      shutDown(
        "const stopped = loop.stop();",
        "const stopped = loop.stopped ? Promise.resolve({ delivered: 0, dropped: 0, pending: 0 }) : loop.stop();",
      ),
    ],
    caughtBy: { "shutdown.idempotent": /s2 should be pending, but is fulfilled/ },
  },
  {
    name: "deadline-unreported",
    breaks: "Gives up at the deadline of shutdown() without saying what stays behind.",
    edits: [settlement('if (because === "abandoned") {', 'if (because === "abandoned") {\n        return;')],
    caughtBy: { "shutdown.deadline": /errors: expected 1 items, got 0/ },
  },
  {
    name: "refused-key-unreported",
    breaks: "Says nothing when the key is refused.",
    edits: [
      settlement(
        'const message = because === "auth"',
        'if (because === "auth") return;\n      const message = because === "auth"',
      ),
    ],
    caughtBy: { "auth.stop-and-keep": /errors: expected 1 items, got 0/ },
  },
];
