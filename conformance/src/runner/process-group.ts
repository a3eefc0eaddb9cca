/**
 * A command and whatever it starts: `go run`, `npx` and shells start the driver as a process of their own, which must not
 * be left behind. Each command is the head of a process group, which is signalled as a whole.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** Windows has no process groups: there the command alone is ended. */
const HAS_GROUPS = process.platform !== "win32";
/** The signals that end this process while somebody waits for it. A group of its own does not get them from the terminal. */
const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const running = new Set<ChildProcess>();

/** As `spawn`; the group goes with this process if it is still there. */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: HAS_GROUPS });
  if (running.size === 0) {
    process.on("exit", killAll);
    for (const signal of ENDINGS) process.on(signal, endWith);
  }
  running.add(child);
  return child;
}

/** To all processes of the group, until it is over: its number may be another's then. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!running.has(child)) return;
  try {
    if (HAS_GROUPS && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // None is left.
  }
}

/** The group is over: kills what is left of it. */
export function endGroup(child: ChildProcess): void {
  signalGroup(child, "SIGKILL");
  running.delete(child);
  if (running.size > 0) return;
  process.off("exit", killAll);
  for (const signal of ENDINGS) process.off(signal, endWith);
}

function killAll(): void {
  for (const child of running) signalGroup(child, "SIGKILL");
}

function endWith(signal: NodeJS.Signals): void {
  killAll();
  for (const one of ENDINGS) process.off(one, endWith);
  process.kill(process.pid, signal);
}
