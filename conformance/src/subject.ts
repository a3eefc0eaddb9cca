/** A subject: an SDK on a runtime, as its file in subjects/ says it (subjects.schema.json). */
import type { Engine } from "@whisperr/conformance-browsers";
import type { Capability } from "./protocol.ts";

export type Subject = SubjectBase & (ProcessSubject | BrowserSubject) & { knownFailures: KnownFailure[] };

/** As written: cases that fail for the same reason stand together. */
export type SubjectFile = Omit<Subject, "knownFailures"> & {
  knownFailures: { reason: string; cases: string[] }[];
};

/** A case that fails for a known reason. It still runs; one that passes fails the run, so that the list stays true. */
export interface KnownFailure {
  case: string;
  reason: string;
}

/** Started in the conformance folder as `command ...args <control address> <virtual|real>`. */
export interface ProcessSubject {
  command: string;
  args: string[];
}

/** Its driver runs in a page of this browser. */
export interface BrowserSubject {
  engine: Engine;
  /** The page's script, in the conformance folder; by default the driver with the browser SDK of this repository. */
  script?: string;
}

interface SubjectBase {
  name: string;
  title: string;
  capabilities: Capability[];
}
