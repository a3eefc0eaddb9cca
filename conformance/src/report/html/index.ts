/**
 * The report as one HTML file that needs nothing but itself: no network, no server, and without its script it only lacks the filters.
 * Everything from the run is untrusted text: SDKs under test wrote the bodies. Templates escape it, and a content
 * security policy lets nothing run or load but what is written here.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html, raw } from "hono/html";
import { countVerdicts } from "../../runner/results.ts";
import { printable } from "../printable.ts";
import type { RunReport } from "../run-report.ts";
import { caseDetails } from "./case-details.ts";
import { filters } from "./filters.ts";
import { matrix } from "./matrix.ts";
import { groupedCases } from "./outcomes.ts";
import { overview, verdictSentence } from "./overview.ts";
import { pageStyles } from "./styles.ts";

/** The whole file as text. */
export function renderHtmlReport(report: RunReport): string {
  const groups = groupedCases(report);
  const cases = groups.flatMap((group) => group.cases);
  const counts = countVerdicts(report.subjects.flatMap(({ results }) => results));
  const script = readFileSync(join(import.meta.dirname, "page.js"), "utf8");
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${verdictSentence(report)} Whisperr conformance</title>
<style>${raw(pageStyles(report.subjects.length))}</style></head>
<body>${overview(report, cases)}
<main>${filters(counts)}${matrix(groups, report.subjects)}${caseDetails(groups)}</main>
<script type="module">${raw(script)}</script></body></html>
`;
  return printable(String(page));
}

/** Symbols are pictures inside the styles. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`;
}
