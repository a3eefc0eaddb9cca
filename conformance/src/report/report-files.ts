/** The files of a run: its reports in the formats asked for, and for each failure one with which it can be replayed. */
import type { ReportFormat } from "../cli/options.ts";
import { failsTheRun } from "../runner/results.ts";
import { failurePath } from "./failure-path.ts";
import { renderHtmlReport } from "./html/index.ts";
import { junitReport } from "./junit-report.ts";
import { printable } from "./printable.ts";
import type { ReportedResult, ReportedSubject, RunReport } from "./run-report.ts";

export interface ReportFile {
  /** Within the folder of the reports. */
  path: string;
  text: string;
}

const FORMATS: Record<ReportFormat, { path: string; render: (report: RunReport) => string }> = {
  junit: { path: "conformance.xml", render: junitReport },
  json: { path: "conformance.json", render: jsonText },
  html: { path: "conformance.html", render: renderHtmlReport },
};

export function reportFiles(report: RunReport, formats: readonly ReportFormat[]): ReportFile[] {
  return [
    ...formats.map((format) => ({ path: FORMATS[format].path, text: FORMATS[format].render(report) })),
    ...report.subjects.flatMap((subject) =>
      subject.results
        .filter(({ verdict }) => failsTheRun(verdict))
        .map((result) => ({
          path: failurePath(subject.name, result.case),
          text: jsonText(onlyFailure(report, subject, result)),
        })),
    ),
  ];
}

/** The same report with nothing but this failure in it. */
function onlyFailure(report: RunReport, subject: ReportedSubject, result: ReportedResult): RunReport {
  return {
    ...report,
    cases: report.cases.filter(({ id }) => id === result.case),
    subjects: [{ ...subject, results: [result] }],
  };
}

function jsonText(report: RunReport): string {
  return printable(`${JSON.stringify(report, null, 1)}\n`);
}
