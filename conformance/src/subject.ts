/** A subject: an SDK on a runtime, as its file in subjects/ says it (subjects.schema.json). */
import type { Capability } from "./protocol.ts";

export interface Subject {
  name: string;
  title: string;
  /** Started in the conformance folder as `command ...args <control address> <virtual|real>`. */
  command: string;
  args: string[];
  capabilities: Capability[];
  /** Cases that fail for a known reason. They still run; one that passes fails the run, so that the list stays true. */
  knownFailures: { case: string; reason: string }[];
}
