/** How a case went on one subject, when it did not simply pass: what is wrong, why that may be known, and the exchange. */
import { html } from "hono/html";
import { failsTheRun } from "../../runner/results.ts";
import { failurePath } from "../failure-path.ts";
import type { ReportedCase } from "../run-report.ts";
import { exchangeTable } from "./exchange-table.ts";
import type { Html } from "./html.ts";
import { type Outcome, outcomeAnchor } from "./outcomes.ts";
import { VERDICT_NAMES } from "./verdicts.ts";
import { grouped, measured } from "./words/duration.ts";

/** Folded up unless `open`: where many subjects fail alike, one at a time is enough. */
export function resultDetails(theCase: ReportedCase, outcome: Outcome, open: boolean): Html {
  const { subject, result } = outcome;
  const { verdict, knownReason, elapsedMs } = result;
  const reason = knownReason === undefined ? "" : html`<p>Listed as a known failure: ${knownReason}</p>`;
  return html`<details class="result"${open ? html` open` : ""}><summary><b class="mark ${verdict}">${VERDICT_NAMES[verdict]}</b> on <b>${subject.title}</b> <small>${measured(elapsedMs)}</small></summary>
<div id="${outcomeAnchor(outcome)}" class="told">${reason}${verdict === "unexpected-pass" ? mended(outcome) : failure(theCase, outcome)}
<p class="aside">Play it again${playAgain(outcome)}</p></div></details>
`;
}

function mended({ subject }: Outcome): Html {
  return html`<p>It passes now: take it off the list in <code>subjects/${subject.name}.json</code>.</p>`;
}

function failure(theCase: ReportedCase, { result }: Outcome): Html {
  // What was seen of a request is in the exchange, in full.
  const problems = result.problems.filter((problem) => !problem.startsWith("  seen:"));
  const more = problems.length - SHOWN_PROBLEMS;
  return html`<ul class="problems">${problems.slice(0, SHOWN_PROBLEMS).map((problem) => html`<li>${problem}</li>`)}
${more > 0 ? html`<li>and ${grouped(more)} more</li>` : ""}</ul>
${exchangeTable(theCase, result)}`;
}

/** Where one thing is wrong many times, more tell no more. */
const SHOWN_PROBLEMS = 12;

/** What fails the run has a file of its own, beside this page; a known failure is only picked out. */
function playAgain({ subject, result }: Outcome): Html {
  return failsTheRun(result.verdict)
    ? html`, in the folder of this page: <code>npx whisperr-conformance --replay ${failurePath(subject.name, result.case)}</code>`
    : html`: <code>npx whisperr-conformance --subject ${subject.name} --case ${result.case}</code>`;
}
