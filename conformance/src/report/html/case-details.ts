/** What each case does and expects, once; below it, how it went wherever it did not simply pass. */
import { html } from "hono/html";
import type { Expectations } from "../../expectations.ts";
import type { ReportedCase } from "../run-report.ts";
import type { Html } from "./html.ts";
import type { CaseGroup, CaseOutcomes, Outcome } from "./outcomes.ts";
import { resultDetails } from "./result-details.ts";
import { occurring, verdictSums } from "./verdicts.ts";
import { expectationList } from "./words/expectation-words.ts";
import { faultWords } from "./words/fault-words.ts";
import { stepWords } from "./words/step-words.ts";
import { writtenPattern } from "./words/written-value.ts";

export function caseDetails(groups: readonly CaseGroup[]): Html {
  return html`<section class="cases" aria-labelledby="cases"><h2 id="cases">The cases</h2>
${groups.map(({ about, cases }) => html`<section data-group><h3>${about}</h3>${cases.map(oneCase)}</section>`)}</section>`;
}

/** The anchor is inside, so that going there opens it even without the page's script. */
function oneCase({ theCase, outcomes, counts }: CaseOutcomes): Html {
  const { id, title, clause, level, needs = [] } = theCase;
  const told = outcomes.filter(({ result }) => result.verdict !== "passed" && result.verdict !== "not-run");
  return html`<details class="case" data-case="${id}" data-level="${level}" data-verdicts="${occurring(counts).join(" ")}"><summary><b>${title}</b> ${verdictSums(counts)}<small>${id} <span>${clause}, ${level}</span></small></summary>
<div id="${id}" class="told"><p class="aside">Contract ${clause}, a ${level}.${needs.length > 0 ? ` Needs ${needs.join(", ")}.` : ""} <a href="#matrix">Back to the matrix</a></p>
${notRun(outcomes)}
<div class="plan"><section><h4>Steps</h4><ol>${theCase.steps.map((step) => html`<li>${stepWords(step)}</li>`)}</ol></section>
<section>${setup(theCase)}<h4>Expected at the end</h4>${expectationList(expectedAtEnd(theCase))}</section></div>
${told.map((outcome) => resultDetails(theCase, outcome, told.length === 1))}</div></details>
`;
}

/** A case that says nothing of errors expects none; of a process that has ended, nobody can ask. */
function expectedAtEnd({ steps, expect }: ReportedCase): Expectations {
  return steps.some((step) => "exit" in step) ? expect : { errors: [], ...expect };
}

/** What the API does, request by request, and how the client is made, where the case says so. */
function setup({ server = {}, client = {} }: ReportedCase): Html {
  const { script, options } = server;
  const faults =
    script?.map((fault, index) => html`<dt>request #${index}</dt><dd>${faultWords(fault)}</dd>`) ?? [];
  const standing = server.default
    ? html`<dt>${script ? "then" : "always"}</dt><dd>${faultWords(server.default)}</dd>`
    : "";
  const standingOptions = options
    ? html`<dt>options</dt><dd><code>${writtenPattern(options)}</code></dd>`
    : "";
  const said = script || server.default || options;
  const { options: clientOptions = {}, ...rest } = client;
  const made = { ...clientOptions, ...rest };
  return html`${said ? html`<h4>The API</h4><dl>${faults}${standing}${standingOptions}</dl>` : ""}
${Object.keys(made).length > 0 ? html`<h4>The client</h4><p><code>${writtenPattern(made)}</code></p>` : ""}`;
}

/** By reason: a subject without a capability lacks it for many cases, and several subjects lack the same. */
function notRun(outcomes: readonly Outcome[]): Html {
  const byReason = new Map<string, string[]>();
  for (const { subject, result } of outcomes) {
    if (result.verdict !== "not-run") continue;
    const reason = result.problems.join("; ");
    byReason.set(reason, [...(byReason.get(reason) ?? []), subject.title]);
  }
  const lines = [...byReason].map(
    ([reason, titles]) => html`<li class="mark not-run">Not run on ${titles.join(", ")}: ${reason}</li>`,
  );
  return lines.length > 0 ? html`<ul class="absences">${lines}</ul>` : html``;
}
