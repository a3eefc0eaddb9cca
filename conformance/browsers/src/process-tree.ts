/** Ending a process together with everything it started. Browsers are dozens of processes, some of which outlive the first. */

import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** Kills the process and its descendants; resolves when none of them is left. */
export async function killTree(pid: number): Promise<void> {
  const victims = killTreeNow(pid);
  const deadline = performance.now() + GONE_LIMIT_MS;
  while (victims.some(isAlive)) {
    if (performance.now() > deadline)
      throw new Error(`processes survive SIGKILL: ${victims.filter(isAlive)}`);
    await pause(POLL_MS);
  }
}

const GONE_LIMIT_MS = 60_000;
const POLL_MS = 5;

/** As `killTree`, without waiting: for the moment this process ends. Answers whom it killed. */
export function killTreeNow(pid: number): number[] {
  const victims = [pid, ...descendants(pid)];
  for (const victim of victims) {
    try {
      process.kill(victim, "SIGKILL");
    } catch {
      // Ended by itself, for example because its parent was killed a moment ago.
    }
  }
  return victims;
}

/** Registers a tree to be killed when this process ends before it; call the answer once it is gone. */
export function killOnExit(pid: number, andThen = () => {}): () => void {
  const kill = () => {
    killTreeNow(pid);
    andThen();
  };
  process.once("exit", kill);
  return () => process.off("exit", kill);
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found.slice(1);
}

function processes(): [pid: number, parent: number][] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return [pid ?? 0, parent ?? 0];
    });
}

/** A zombie is dead; its parent just has not looked yet. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test(stdout.trim());
}
