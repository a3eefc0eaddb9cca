/** A subject: an SDK on a runtime, as its file in subjects/ says it (subjects.schema.json). */
import type { Engine } from "./browsers/index.ts";
import type { Capability } from "./protocol.ts";

export type Subject = SubjectBase & (ProcessSubject | BrowserSubject);

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
  /** Cases that fail for a known reason. They still run; one that passes fails the run, so that the list stays true. */
  knownFailures: { case: string; reason: string }[];
}
