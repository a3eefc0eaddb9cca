/** The runtimes beside Node: how a program is started on each, and the few words that differ in it. */

export const KEY = "wrk_test";

export interface Runtime {
  readonly title: string;
  readonly sdk: "@whisperr/deno" | "@whisperr/node";
  /** In this workspace; the runtime itself and no wrapper, so that a signal reaches it. */
  readonly binary: string;
  /** What comes before the program's file, for a program that talks to the API at `apiUrl` and needs nothing else. */
  readonly args: (apiUrl: string) => readonly string[];
  /** A statement that ends the process after `shutdown()` when it is told to, as the README gives it. */
  readonly onSigterm: string;
  /** Statements that set the exit code, call a handler whenever the process has run out of work, and at its very end. */
  readonly setExitCode: (code: number) => string;
  readonly onOutOfWork: (handler: string, once: boolean) => string;
  readonly onEnd: (handler: string) => string;
}

export const deno: Runtime = {
  title: "Deno",
  sdk: "@whisperr/deno",
  binary: "node_modules/deno/deno",
  args: (apiUrl) => ["run", "--no-prompt", `--allow-net=${new URL(apiUrl).host}`],
  onSigterm: `Deno.addSignalListener("SIGTERM", () => whisperr.shutdown().then(() => Deno.exit()));`,
  setExitCode: (code) => `Deno.exitCode = ${code};`,
  onOutOfWork: (handler, once) => `addEventListener("beforeunload", ${handler}, { once: ${once} });`,
  onEnd: (handler) => `addEventListener("unload", ${handler});`,
};

export const bun: Runtime = {
  title: "Bun",
  sdk: "@whisperr/node",
  binary: "node_modules/bun/bin/bun.exe",
  args: () => ["run"],
  onSigterm: `process.once("SIGTERM", () => whisperr.shutdown().then(() => process.exit()));`,
  setExitCode: (code) => `process.exitCode = ${code};`,
  onOutOfWork: (handler, once) => `process.${once ? "once" : "on"}("beforeExit", ${handler});`,
  onEnd: (handler) => `process.on("exit", ${handler});`,
};
