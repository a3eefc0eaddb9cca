/** The top of the page: the verdict in a sentence, what fails the run, and where each subject stands. */
import { html } from "hono/html";
import { countVerdicts, failsTheRun } from "../../runner/results.ts";
import type { ReportedSubject, RunReport } from "../run-report.ts";
import type { Html } from "./html.ts";
import { type CaseOutcomes, outcomeAnchor } from "./outcomes.ts";
import { verdictBar, verdictSums } from "./verdicts.ts";
import { grouped, measured } from "./words/duration.ts";

/** More than these are for the matrix to show. */
const LISTED_FAILURES = 8;

export function overview(report: RunReport, cases: readonly CaseOutcomes[]): Html {
  const broken = cases.filter(({ counts }) => counts.failed + counts["unexpected-pass"] > 0);
  const startedAt = new Date(report.startedAt);
  return html`<header class="overview">
<p class="suite">Whisperr conformance <span>suite ${report.suite.version}, protocol ${report.suite.protocol}</span></p>
<h1 class="${broken.length > 0 ? "failed" : "passed"}">${verdictSentence(report)}</h1>
<p class="aside">${plural(report.cases.length, "case")} on ${plural(report.subjects.length, "subject")}, on
<time datetime="${report.startedAt}">${WHEN.format(startedAt)} UTC</time>, in ${measured(report.elapsedMs)}.</p>
${broken.length > 0 ? failureList(broken) : ""}
<ul class="subjects">${report.subjects.map(subjectStanding)}</ul>
</header>`;
}

const WHEN = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** Says first what decides the exit code. */
export function verdictSentence({ subjects }: RunReport): string {
  const counts = countVerdicts(subjects.flatMap(({ results }) => results));
  const known = counts["known-failure"];
  const wrong = subjects.filter(({ results }) => results.some(({ verdict }) => failsTheRun(verdict))).length;
  const reasons = [
    ...(counts.failed > 0 ? [plural(counts.failed, "failure")] : []),
    ...(counts["unexpected-pass"] > 0
      ? [`${plural(counts["unexpected-pass"], "known failure")} that passed`]
      : []),
  ];
  if (reasons.length > 0) return `The run fails: ${reasons.join(" and ")}, on ${plural(wrong, "subject")}.`;
  if (counts.passed + known === 0) return "Nothing was run.";
  return known > 0
    ? `All that ran passed, but for ${plural(known, "known failure")}.`
    : "All that ran passed.";
}

function failureList(broken: readonly CaseOutcomes[]): Html {
  const more = broken.length - LISTED_FAILURES;
  return html`<section aria-label="What fails the run"><ul class="failures">${broken.slice(0, LISTED_FAILURES).map(failure)}</ul>
${more > 0 ? html`<p class="aside">And ${plural(more, "case")} more, in the matrix.</p>` : ""}</section>`;
}

function failure({ theCase, outcomes }: CaseOutcomes): Html {
  const links = outcomes
    .filter(({ result }) => failsTheRun(result.verdict))
    .map(
      (one) =>
        html`<li><a class="mark ${one.result.verdict}" href="#${outcomeAnchor(one)}">${one.subject.title}</a></li>`,
    );
  return html`<li><a href="#${theCase.id}">${theCase.title}</a><ul class="places">${links}</ul></li>`;
}

function subjectStanding({ title, absent, results, elapsedMs }: ReportedSubject): Html {
  const counts = countVerdicts(results);
  const took = absent === undefined ? measured(elapsedMs) : "not here";
  return html`<li><b>${title}</b> <span class="took">${took}</span>
<div class="standing">${verdictBar(counts)}${absent ?? verdictSums(counts)}</div></li>`;
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
