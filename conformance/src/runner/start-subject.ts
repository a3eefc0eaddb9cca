/** Starts a subject's driver, in a process of its own or in a page. */
import which from "which";
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
export async function whyAbsent(subject: Subject): Promise<string | undefined> {
  if (!("engine" in subject)) return commandAbsent(subject.command);
  try {
    const { availableEngines } = await import("@whisperr/conformance-browsers");
    return availableEngines().find(({ engine }) => engine === subject.engine)?.missing;
  } catch (error) {
    // Optional: who has no subject in pages needs no browsers.
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    return "@whisperr/conformance-browsers is not installed";
  }
}

/** A path is one into this repository: when it leads nowhere, that is a failure and no matter of the machine. */
function commandAbsent(command: string): string | undefined {
  return command.includes("/") || which.sync(command, { nothrow: true })
    ? undefined
    : `${command} is not on PATH`;
}
