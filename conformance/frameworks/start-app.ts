/** Starts one of the apps in a process of its own. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

export interface Ended {
  /** A signal's name when that ended it. */
  readonly exit: number | string;
  readonly stderr: string;
}

export interface RunningApp {
  readonly ended: Promise<Ended>;
  kill(signal: "SIGTERM" | "SIGSTOP" | "SIGCONT"): void;
  /** Resolves when it has printed a line with this in it, with the rest of the line. */
  printed(text: string): Promise<string>;
  /** For apps that are told what to do. */
  write(line: string): void;
}

/** Far longer than any app here takes: only one that would never end runs into it. */
const LIMIT_MS = 100_000;

/** For servers that are their framework's own. */
const HOST = { HOST: "127.0.0.1", PORT: "0" };

/** `file` is in this folder, and `runtime` a program in it: Node, by default. */
export function startApp(
  file: string,
  apiUrl: string,
  env: Readonly<Record<string, string>> = {},
  runtime: string = process.execPath,
): RunningApp {
  const child = spawn(resolve(import.meta.dirname, runtime), [join(import.meta.dirname, file)], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...HOST, NODE_ENV: "production", NO_COLOR: "1", API_URL: apiUrl, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ exit: code ?? signal ?? "unknown", stderr: output.stderr }),
    );
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    write: (line) => void child.stdin.write(`${line}\n`),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const lines = output.stdout.split("\n").slice(0, -1);
          const line = lines.find((one) => one.includes(text));
          if (line !== undefined) resolve(line.slice(line.indexOf(text) + text.length));
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`it ended without "${text}": ${output.stderr}`)));
        look();
      }),
  };
}
