/** A subject's driver as a process: started on demand, watched, and stopped with whatever it started. */
import type { ChildProcess } from "node:child_process";
import type { ProcessSubject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { endGroup, signalGroup, spawnGroup } from "./process-group.ts";
import type { Session } from "./session.ts";

export interface SubjectProcess {
  readonly session: Session;
  /** Where its page comes from, if it is one: the API is another origin to it. */
  readonly pageOrigin?: string;
  /** Everything it wrote to its standard streams so far. */
  output(): string;
  /** Resolves with the exit code once it has ended by itself; kills it and resolves with a signal's name when late. */
  exited(limitMs: number): Promise<number | string>;
  /** It can be sent commands. */
  alive(): boolean;
  stop(): Promise<void>;
}

/** How long a driver may take to end when it is asked to. */
const STOP_LIMIT_MS = 5_000;
/** How long the streams of a driver that has ended may stay open, held by a process that it has left behind. */
const LAST_OUTPUT_LIMIT_MS = 2_000;
/** More than any case lets an SDK print. It is kept in memory. */
const MAX_OUTPUT_CHARACTERS = 16 * 1024 * 1024;
/** How much of it a message shows. */
const LAST_OUTPUT_CHARACTERS = 2_000;
export type ClockKind = "virtual" | "real";

/**
 * Where every subject lives: neither UTC nor a whole number of hours from it, and already on the next day at noon UTC, so that a
 * local time or date in the place of one in UTC shows.
 */
export const SUBJECT_TIME_ZONE = "Pacific/Chatham";

export function startProcess(
  subject: Pick<ProcessSubject, "command" | "args">,
  folder: string,
  control: ControlServer,
  clock: ClockKind,
): SubjectProcess {
  const session = control.openSession();
  const child = spawnGroup(subject.command, [...subject.args, session.url, clock], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WHISPERR_API_KEY: "", TZ: SUBJECT_TIME_ZONE },
  });
  const output = keepOutput(child, () => {
    session.end(
      `the driver has written more than ${MAX_OUTPUT_CHARACTERS} characters to its standard streams`,
    );
    signalGroup(child, "SIGKILL");
  });
  const ended = whenEnded(child).then((how) => {
    endGroup(child);
    session.end(`the driver ended (${how}): ${output().slice(-LAST_OUTPUT_CHARACTERS)}`);
    return how;
  });
  return {
    session,
    output,
    exited: (limitMs) => endedAfter(ended, child, limitMs),
    alive: () => child.exitCode === null && child.signalCode === null && session.isAnswering(),
    stop: async () => {
      signalGroup(child, "SIGTERM");
      await endedAfter(ended, child, STOP_LIMIT_MS);
    },
  };
}

/** What it writes, up to the limit; then `tooMuch`, once. */
function keepOutput(child: ChildProcess, tooMuch: () => void): () => string {
  const written: string[] = [];
  let left = MAX_OUTPUT_CHARACTERS;
  const keep = (text: string) => {
    if (left <= 0) return;
    written.push(text.slice(0, left));
    left -= text.length;
    if (left <= 0) tooMuch();
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", keep);
  return () => written.join("");
}

/** Resolves with how it ended; kills it when that takes longer. */
function endedAfter<T>(ended: Promise<T>, child: ChildProcess, limitMs: number): Promise<T> {
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), limitMs);
  return ended.finally(() => clearTimeout(timer));
}

/** With its exit code, or what ended it; once its output is there, or will not come any more. */
function whenEnded(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const letGo = () => {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    };
    child.on("error", (error) => resolve(error.message));
    child.on("exit", () => {
      timer = setTimeout(letGo, LAST_OUTPUT_LIMIT_MS);
    });
    // When its streams are closed, too.
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? signal ?? "unknown");
    });
  });
}
