/** A subject: an SDK on a runtime, as its file in subjects/ says it. subjects.schema.json is made of this (npm run docs). */
import { z } from "zod";
import { capability, unique } from "./case.ts";
import { ofOneKind } from "./wire-values.ts";

const shared = {
  $schema: z.string().exactOptional(),
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string().min(1),
  capabilities: unique(capability),
  onlyWhenNamed: z
    .literal(true)
    .describe("Runs when `--subject` names it, and never among all.")
    .exactOptional(),
  knownFailures: z
    .array(
      z.strictObject({
        reason: z.string().min(10).describe("What the SDK does, in words its maintainer understands."),
        cases: unique(z.string()).min(1),
      }),
    )
    .describe("Still run; a listed case that passes fails the run."),
};

const processSubject = z
  .strictObject({
    ...shared,
    command: z.string().describe("A program on the PATH, or a path from the folder above this file's."),
    args: z.array(z.string()),
  })
  .describe(
    "Its driver is a process, started in the folder above this file's as `command ...args <control address> <virtual|real>`.",
  );

const browserSubject = z
  .strictObject({
    ...shared,
    engine: z.enum(["chromium", "firefox", "webkit"]).describe("The browser whose pages the driver runs in."),
    script: z.string().describe("The page's script, a path from the folder above this file's."),
  })
  .describe("Its driver runs in a page of a browser.");

export const subjectFile = z
  .union([processSubject, browserSubject], { error: ofOneKind(["command", "engine"], "subject") })
  .meta({ title: "A subject: an SDK on a runtime" });

/** As written: cases that fail for the same reason stand together. */
export type SubjectFile = z.infer<typeof subjectFile>;

/** A case that fails for a known reason. It still runs; one that passes fails the run, so that the list stays true. */
export interface KnownFailure {
  case: string;
  reason: string;
}

export type ProcessSubject = CaseByCase<z.infer<typeof processSubject>>;
export type BrowserSubject = CaseByCase<z.infer<typeof browserSubject>>;
export type Subject = ProcessSubject | BrowserSubject;

type CaseByCase<File> = Omit<File, "knownFailures"> & { knownFailures: KnownFailure[] };
