/** The options of the command line: what they are called, what they may hold, and what they are by default. */
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";

export const REPORT_FORMATS = ["junit", "json", "html"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface CliOptions {
  /** The folder with the subjects' files. */
  subjects: string;
  /** Only subjects that one of these finds; all without it. */
  subject?: string[];
  /** Only cases that one of these finds; all without it. */
  case?: string[];
  level?: "must" | "should";
  report: ReportFormat[];
  /** Folder of the reports, and of what failed. */
  out: string;
  /** Run nothing. */
  list?: true;
  /** A JSON report: run again what failed in it, and nothing else. */
  replay?: string;
}

const EXAMPLES = `
Examples:
  whisperr-conformance --subject node26 --case retry      cases about retrying, on one Node
  whisperr-conformance --level must --report junit        all that an SDK must do, for a CI server
  whisperr-conformance --replay conformance.json          what failed in that run, once more
  whisperr-conformance simulate --help                    worlds of clients, servers and trouble, in virtual time

Exit code: 0 when all is well, 1 when a case failed, or passed although it is listed as failing, 2 when it was not understood.`;

/**
 * `argv` as in `process.argv`, `folder` is the conformance folder. Throws commander's CommanderError after it has told what
 * is wrong, or has shown the help (exit code 0 in it then).
 */
export function parseOptions(argv: readonly string[], folder: string): CliOptions {
  const command = new Command("whisperr-conformance")
    .description("Runs the conformance cases against SDKs on real runtimes, and reports.")
    .addOption(
      new Option("--subjects <folder>", "where the subjects are; their paths start from the folder above it")
        .argParser((path) => resolve(path))
        .default(join(folder, "subjects"), "conformance/subjects"),
    )
    .option("--subject <name...>", "only subjects of this name, or whose name or title contains it")
    .option("--case <id...>", "only cases of this id, or whose id contains it")
    .addOption(new Option("--level <level>", "only cases of this level").choices(["must", "should"]))
    .addOption(
      new Option("--report <formats>", "which reports to write")
        .argParser(parseFormats)
        .default([...REPORT_FORMATS], REPORT_FORMATS.join(",")),
    )
    .addOption(
      new Option("--out <folder>", "where reports go").default(
        join(folder, "reports"),
        "conformance/reports",
      ),
    )
    .option("--list", "list what would run, and run nothing")
    .addOption(
      new Option(
        "--replay <file>",
        "run the failed cases of a JSON report again, as they are in it",
      ).conflicts(["subject", "case", "level", "list", "report", "out"]),
    )
    .addHelpText("after", EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride();
  return command.parse(argv).opts<CliOptions>();
}

function parseFormats(text: string): ReportFormat[] {
  const names = text.split(",");
  const unknown = names.filter((name) => !REPORT_FORMATS.some((format) => format === name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`There is no ${unknown.join(", ")}, only ${REPORT_FORMATS.join(", ")}.`);
  }
  return REPORT_FORMATS.filter((format) => names.includes(format));
}
