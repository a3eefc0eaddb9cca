/** Runs small programs that use the package by its name, from its sources, each in a Node process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const KEY = "wrk_secret_of_the_test";

/** Long enough for a busy machine, so that only a process that would never end runs into it. */
export const PROCESS_LIMIT_MS = 100_000;

export interface Ended {
  /** Null when the process had to be killed. */
  readonly exitCode: number | null;
  /** What ended it, if nothing in it did. */
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/**
 * `createWhisperr` is imported already; `baseUrl` is the variable that holds `url`, and `exitTimeoutMs` one that holds more than
 * a busy machine needs.
 */
export function runModule(url: string, program: string): Promise<Ended> {
  return run("module", url, `import { closeOnSignal, createWhisperr } from "@whisperr/node";${program}`);
}

/** The same through `require()`. */
export function runCommonJs(url: string, program: string): Promise<Ended> {
  return run("commonjs", url, `const { createWhisperr } = require("@whisperr/node");${program}`);
}

/** A line for programs: prints `whisperr.stats()` as JSON when the process ends. */
export const PRINT_STATS = `process.on("exit", () => console.log(JSON.stringify(whisperr.stats())));`;

function run(type: "module" | "commonjs", url: string, program: string): Promise<Ended> {
  const args = [
    `--input-type=${type}`,
    "--eval",
    `const baseUrl = ${JSON.stringify(url)};\nconst exitTimeoutMs = 20_000;\n${program}`,
  ];
  const child = spawn(process.execPath, args, {
    cwd: packageFolder,
    // By way of the environment, which workers inherit.
    env: { ...process.env, NODE_OPTIONS: "--conditions=@whisperr/source", WHISPERR_API_KEY: KEY },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PROCESS_LIMIT_MS - 5000,
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => resolve({ exitCode, ...(signal && { signal }), ...output }));
  });
}
