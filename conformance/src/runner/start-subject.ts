/** Starts a subject's driver, in a process of its own or in a page. */
import { onPath } from "../browsers/available.ts";
import { availableEngines } from "../browsers/index.ts";
import type { Subject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { startPage } from "./subject-page.ts";
import { type ClockKind, type SubjectProcess, startProcess } from "./subject-process.ts";

export async function startSubject(
  subject: Subject,
  folder: string,
  control: ControlServer,
  clock: ClockKind,
): Promise<SubjectProcess> {
  return "engine" in subject
    ? startPage(subject, folder, control)
    : startProcess(subject, folder, control, clock);
}

/** Why the subject cannot be started on this machine; undefined when it can. */
export function whyAbsent(subject: Subject): string | undefined {
  if (!("engine" in subject)) return commandAbsent(subject.command);
  return availableEngines().find(({ engine }) => engine === subject.engine)?.missing;
}

/** A path is one into this repository: when it leads nowhere, that is a failure and no matter of the machine. */
function commandAbsent(command: string): string | undefined {
  return command.includes("/") || onPath([command]) ? undefined : `${command} is not on PATH`;
}
