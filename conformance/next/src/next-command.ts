/** `next build` and `next start`, as an app team runs them. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export type Environment = Readonly<Record<string, string>>;

export interface Started {
  readonly url: string;
  /** What it printed until now, on both streams. */
  output(): string;
  /** Tells it to end, and resolves with its exit code once it has. */
  terminate(): Promise<number | string>;
}

/** Resolves with what it printed; rejects when it fails. */
export async function nextBuild(
  folder: string,
  args: readonly string[],
  env: Environment = {},
): Promise<string> {
  const { child, output } = run(folder, ["build", ...args], env);
  const exit = await ended(child);
  if (exit !== 0) throw new Error(`next build ended with ${exit}:\n${output()}`);
  return output();
}

/** Ends with the test. */
export async function nextStart(folder: string, env: Environment): Promise<Started> {
  const { child, output } = run(folder, ["start", "-p", "0", "-H", "127.0.0.1"], env);
  const exit = ended(child);
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(output()) ?? [];
      if (address !== undefined && output().includes("Ready in")) resolve(address);
    };
    child.stdout?.on("data", look);
    void exit.then((code) => reject(new Error(`next start ended with ${code}:\n${output()}`)));
  });
  return {
    url,
    output,
    terminate: () => {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

function run(folder: string, args: readonly string[], env: Environment) {
  const { PATH = "", HOME = "" } = process.env;
  const next = createRequire(join(folder, "package.json")).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, ...args], {
    cwd: folder,
    // Nothing of the test's own: that this is one, for instance.
    env: { PATH, HOME, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  return { child, output: () => text };
}

function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
}
