/** A subject's driver as a process: started on demand, watched, and stopped by its own id. */
import { type ChildProcess, spawn } from "node:child_process";
import type { ProcessSubject } from "../subject.ts";
import type { ControlServer, Session } from "./control-server.ts";

export interface SubjectProcess {
  readonly session: Session;
  /** A page, to which the API is another origin. */
  readonly isPage: boolean;
  /** Everything it wrote to its standard streams so far. */
  output(): string;
  /** Resolves with the exit code once it has ended by itself; kills it and resolves with a signal's name when late. */
  exited(limitMs: number): Promise<number | string>;
  alive(): boolean;
  stop(): Promise<void>;
}

/** How long a driver may take to end when it is asked to. */
const STOP_LIMIT_MS = 5_000;

export type ClockKind = "virtual" | "real";

/**
 * Where every subject lives: neither UTC nor a whole number of hours from it, and already on the next day at noon UTC, so that a
 * local time or date in the place of one in UTC shows.
 */
export const SUBJECT_TIME_ZONE = "Pacific/Chatham";

export function startProcess(
  subject: ProcessSubject,
  folder: string,
  control: ControlServer,
  clock: ClockKind,
): SubjectProcess {
  const session = control.openSession();
  const child = spawn(subject.command, [...subject.args, session.url, clock], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WHISPERR_API_KEY: "", TZ: SUBJECT_TIME_ZONE },
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => written.push(text));
  }
  const ended = whenEnded(child);
  void ended.then((how) => session.end(`the driver ended (${how}): ${written.join("").slice(-2000)}`));
  return {
    session,
    isPage: false,
    output: () => written.join(""),
    exited: (limitMs) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
      return ended.finally(() => clearTimeout(timer));
    },
    alive: () => child.exitCode === null && child.signalCode === null,
    stop: async () => {
      // Some have processes of their own to end first.
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended.finally(() => clearTimeout(timer));
    },
  };
}

function whenEnded(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
}
