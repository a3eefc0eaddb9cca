/**
 * The demo's children: started with the Node that runs the demo, known by the address they print, and gone when the
 * demo is, whichever way it ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

export interface RunningProcess {
  readonly url: string;
  /** What it wrote to stdout so far, by line. */
  readonly lines: readonly string[];
  /** SIGTERM, then its exit code once all its output is read. Rejects when it does not stop in time. */
  stop(): Promise<number | null>;
}

export interface ProcessGroup {
  start(module: string, args: readonly string[], env?: Record<string, string>): Promise<RunningProcess>;
  /** Synchronous, so that it can run in an exit handler. */
  killAll(): void;
}

/** `onLost` hears, in words, of a child that ended although nobody asked it to. */
export function createProcessGroup(onLost: (words: string) => void): ProcessGroup {
  const children = new Set<ChildProcess>();

  async function start(module: string, args: readonly string[], env: Record<string, string> = {}) {
    const entry = fileURLToPath(import.meta.resolve(module));
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    child.once("close", () => children.delete(child));

    const lines: string[] = [];
    const output = createInterface({ input: child.stdout });
    output.on("line", (line) => lines.push(line));
    const url = await within(
      START_TIMEOUT_MS,
      `${module} did not print its address`,
      listeningUrl(child, output),
    );
    const lost = (code: number | null) =>
      onLost(`${module} ended by itself with ${child.signalCode ?? `code ${code}`}`);
    child.once("exit", lost);
    return {
      url,
      lines,
      stop() {
        child.off("exit", lost);
        return stop(module, child);
      },
    };
  }

  function killAll(): void {
    for (const child of children) child.kill("SIGKILL");
  }
  return { start, killAll };
}

function listeningUrl(child: ChildProcess, output: NodeJS.EventEmitter): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`ended with code ${code} before it listened`)));
    output.on("line", (line: string) => {
      const address = / listening on (http:\/\/\S+)$/.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
}

async function stop(module: string, child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await within(STOP_TIMEOUT_MS, `${module} did not stop on SIGTERM`, closed);
  return child.exitCode;
}

async function within<T>(timeoutMs: number, message: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${message} within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
