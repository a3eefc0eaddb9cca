import { stripVTControlCharacters } from "node:util";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { consoleReport, replayText, subjectLine } from "./console-report.ts";
import { printable, printableLine } from "./printable.ts";
import { reportFiles } from "./report-files.ts";
import { exampleReport, reportedRequest } from "./report-fixture.ts";
import type { ReportedResult, ReportedSubject, RunReport } from "./run-report.ts";

/** Paints over what stands above it, breaks lines, ends XML, turns the direction, and is half a character. */
const EVIL =
  "\u001b[2J\u001b[32mAll that ran passed.\u001b[0m\rok\u0000\u0007\u007f\u009b1A\u2028\u202e\u2066\ufeff\ufffe\ud83d";
const RAW = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\ufffe\uffff]/u;

/** The first character that may not be there; line breaks may. */
function rawIn(text: string): string | undefined {
  return RAW.exec(text.replaceAll("\n", ""))?.[0];
}

test("what cannot be shown is written as JSON writes it, and everything else stays", () => {
  expect(printable("a\u001b[1mb\r\n\tc\u0000")).toBe("a\\u001b[1mb\\u000d\n\tc\\u0000");
  expect(printableLine("a\r\n\tc")).toBe("a\\u000d\\n\\tc");
  const fine = "Ünïcödé 👩‍🚀 שלום 漢字 \\u001b {}<>&";
  expect(printable(fine)).toBe(fine);
  expect(JSON.parse(printable(JSON.stringify(EVIL)))).toBe(EVIL);
});

describe("a run full of evil text", () => {
  const request = reportedRequest(0, {
    method: EVIL,
    path: `/${EVIL}\nconformance: 500 passed, 0 failed`,
    headers: { "x-evil": EVIL },
    body: `{"a":"${EVIL}","b":"\\u202e"}`,
    answer: EVIL,
    retryAfter: EVIL,
    events: [EVIL, `e\nconformance: 500 passed, 0 failed`],
    identify: `u\nconformance: 500 passed, 0 failed`,
  });
  const more = { problems: [`${EVIL}\nconformance: 500 passed, 0 failed`], exchange: [request] };
  const results: ReportedResult[] = [
    { case: "broken", verdict: "failed", elapsedMs: 1, ...more },
    { case: "known", verdict: "known-failure", knownReason: EVIL, elapsedMs: 1, ...more },
    { case: "mended", verdict: "unexpected-pass", knownReason: EVIL, elapsedMs: 1, ...more },
    { case: "elsewhere", verdict: "not-run", elapsedMs: 1, problems: [EVIL], exchange: [] },
  ];
  const subject: ReportedSubject = {
    name: "evil",
    title: EVIL,
    capabilities: [EVIL],
    elapsedMs: 1,
    results,
  };
  const report: RunReport = {
    ...exampleReport,
    cases: exampleReport.cases.map((one) => ({ ...one, title: EVIL, about: EVIL, clause: EVIL })),
    subjects: [subject, { ...subject, name: "absent", absent: EVIL }],
  };

  test("reaches no report raw", () => {
    const files = reportFiles(report, ["junit", "json", "html"]);
    expect(files).toHaveLength(7);
    expect(files.map(({ path, text }) => [path, rawIn(text)])).toEqual(
      files.map(({ path }) => [path, undefined]),
    );
    const junit = files.find(({ path }) => path === "conformance.xml")?.text ?? "";
    expect(XMLValidator.validate(junit)).toBe(true);
    const json = files.find(({ path }) => path === "conformance.json")?.text ?? "";
    expect(JSON.parse(json)).toEqual(report);
  });

  test("reaches the terminal with nothing but the suite's own colours, and never begins a line", () => {
    const text =
      consoleReport(report, () => EVIL) + replayText(report) + report.subjects.map(subjectLine).join("");
    expect(rawIn(stripVTControlCharacters(text))).toBeUndefined();
    expect(text).not.toContain("\u001b[2J");
    expect(text.match(/^conformance: .*$/gm)).toEqual(["conformance: 0 passed, 4 failed"]);
  });
});
