/** Runs programs to their end, or until they have said that they are ready. */
import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "..", "..");

/** For a program that hangs; nothing is judged by time. */
const HUNG_AFTER_MS = 300_000;

export interface Command {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program printed. Throws with it when the program failed. */
export function run(program: string, args: readonly string[], { cwd, env }: Command): Promise<string> {
  const { child, printed } = start(program, args, { cwd, ...(env && { env }) });
  const hung = setTimeout(() => child.kill("SIGKILL"), HUNG_AFTER_MS);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`${program}: ${error.message}`)));
    child.on("close", (code, signal) => {
      clearTimeout(hung);
      if (code === 0) resolve(printed());
      else
        reject(new Error(`${program} ${args.join(" ")} ended with ${code ?? signal}:\n${lastOf(printed())}`));
    });
  });
}

export interface Running {
  /** The first match of what was waited for. */
  readonly match: RegExpExecArray;
  stop(): Promise<void>;
}

/** A server: runs until it has printed `ready`. */
export async function runUntil(
  ready: RegExp,
  program: string,
  args: readonly string[],
  command: Command,
): Promise<Running> {
  const { child, printed } = start(program, args, command);
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const stop = async () => {
    end(child);
    await ended;
  };
  const hung = setTimeout(() => end(child), HUNG_AFTER_MS);
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const look = () => {
      const found = ready.exec(printed());
      if (found !== null) resolve(found);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.on("error", reject);
    child.on("close", () =>
      reject(new Error(`${program} ${args.join(" ")} ended early:\n${lastOf(printed())}`)),
    );
  }).finally(() => clearTimeout(hung));
  return { match, stop };
}

/** With a group of its own, so that what it starts ends with it. */
function start(program: string, args: readonly string[], { cwd, env = {} }: Command) {
  const child = spawn(program, args, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...ENVIRONMENT, ...env },
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return { child, printed: () => chunks.join("") };
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** A tool's complaint stands at its end; a line of a minified file says nothing. */
function lastOf(printed: string): string {
  return printed
    .trimEnd()
    .split("\n")
    .slice(-40)
    .map((line) => line.slice(0, 300))
    .join("\n");
}

/** The machine's, without what `npm run` adds for the checkout's own scripts; first in the path is the checkout's Node. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_)|INIT_CWD$|NODE_OPTIONS$|NODE_PATH$)/i.test(name),
    ),
  ),
  PATH: [join(REPOSITORY, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  DENO_NO_UPDATE_CHECK: "1",
  CI: "1",
};
