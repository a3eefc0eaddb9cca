/** Starts a small program that uses a built SDK by its name, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { KEY, type Runtime } from "./runtime.ts";

export interface Program {
  readonly runtime: Runtime;
  readonly apiUrl: string;
  /** `createWhisperr` is imported already; `options` holds the key and the API's address. */
  readonly source: string;
  /** Imported beside `createWhisperr`. */
  readonly imports?: readonly string[];
  /** Permissions and flags beyond the runtime's own. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  /** A signal's name when it was killed; "did not end" when this file had to kill it. */
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Resolves when the program has printed a line that begins with this, with the rest of the line. */
  printed(beginning: string): Promise<string>;
}

const folder = join(import.meta.dirname, "..");
/** Far longer than any program here takes: only one that would never end runs into it. */
const LIMIT_MS = 120_000;

export function startProgram(program: Program): Running {
  const { runtime, apiUrl, args = [], env = {} } = program;
  const child = spawn(runtime.binary, [...runtime.args(apiUrl), ...args, writeProgram(program)], {
    cwd: folder,
    // Deno would ask the network for a newer Deno.
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", WHISPERR_API_KEY: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = true;
    child.kill("SIGKILL");
  }, LIMIT_MS);
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  child.once("close", () => clearTimeout(limit));
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return {
    ended: whenEnded(child).then((exit) => ({ exit: isOverdue ? "did not end" : exit, ...output })),
    kill: (signal) => void child.kill(signal),
    // Noticed as it comes: what a program does until somebody looks is more than a test wants to leave to chance.
    printed: (beginning) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const whole = output.stdout.split("\n").slice(0, -1);
          const line = whole.find((one) => one.startsWith(beginning));
          if (line !== undefined) resolve(line.slice(beginning.length));
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`it ended without "${beginning}": ${output.stderr}`)));
        look();
      }),
  };
}

/** Runs it to its end. */
export function runProgram(program: Program): Promise<Ended> {
  return startProgram(program).ended;
}

/** Inside this workspace, so that the SDK is found by its name. */
function writeProgram({ runtime, apiUrl, source, imports = [] }: Program): string {
  mkdirSync(join(folder, "reports"), { recursive: true });
  const directory = mkdtempSync(join(folder, "reports", "program-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "program.js");
  const names = ["createWhisperr", ...imports].join(", ");
  const options = JSON.stringify({ apiKey: KEY, baseUrl: apiUrl });
  writeFileSync(file, `import { ${names} } from "${runtime.sdk}";\nconst options = ${options};\n${source}\n`);
  return file;
}

function whenEnded(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
}
