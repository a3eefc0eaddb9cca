/** The matrix: a row per case, a column per subject, cases gathered by file with the sums of each group. */
import { html } from "hono/html";
import { countVerdicts, failsTheRun } from "../../runner/results.ts";
import type { ReportedResult, ReportedSubject } from "../run-report.ts";
import type { Html } from "./html.ts";
import { type CaseGroup, type CaseOutcomes, type Outcome, outcomeAnchor } from "./outcomes.ts";
import { occurring, VERDICT_NAMES, worst } from "./verdicts.ts";

export function matrix(groups: readonly CaseGroup[], subjects: readonly ReportedSubject[]): Html {
  return html`<section id="matrix" class="matrix" tabindex="0" aria-label="Cases by subject">
<table><thead><tr><th scope="col">Case</th>${subjects.map(({ title }) => html`<th scope="col"><span>${title}</span></th>`)}</tr></thead>
${groups.map((group) => groupRows(group))}</table></section>`;
}

/** Open where something fails the run; the rest is one line until somebody asks. */
function groupRows({ file, about, cases }: CaseGroup): Html {
  const open = cases.some(({ outcomes }) => outcomes.some(({ result }) => failsTheRun(result.verdict)));
  const columns = (cases[0]?.outcomes ?? []).map((_, column) =>
    cases.flatMap(({ outcomes }) => outcomes[column]?.result ?? []),
  );
  return html`<tbody data-group><tr class="group"><th scope="rowgroup"><details${open ? html` open` : ""}><summary>${about}</summary></details><small>${file}</small></th>${columns.map(groupCell)}</tr>
${cases.map(caseRow)}</tbody>
`;
}

/** How many of the group passed, coloured by the worst there is. */
function groupCell(results: readonly ReportedResult[]): Html {
  const counts = countVerdicts(results);
  const run = results.length - counts["not-run"];
  const said = run === 0 ? "–" : counts.passed === run ? `${run}` : `${counts.passed}/${run}`;
  return html`<td class="${worst(counts)}">${said}</td>`;
}

function caseRow({ theCase, outcomes, counts }: CaseOutcomes): Html {
  const { id, title, clause, level } = theCase;
  return html`<tr class="row" data-case="${id}" data-level="${level}" data-verdicts="${occurring(counts).join(" ")}"><th scope="row"><a href="#${id}">${title}</a><small>${id} <span>${clause}, ${level}</span></small></th>${outcomes.map(cell)}</tr>
`;
}

/** Why something was not run is a matter of the case, where its title leads. */
function cell(outcome: Outcome): Html {
  const { subject, result } = outcome;
  const { verdict } = result;
  const name = VERDICT_NAMES[verdict];
  if (verdict === "passed" || verdict === "not-run") return html`<td class="${verdict}"><i>${name}</i></td>`;
  const label = `${name}: ${result.case} on ${subject.title}`;
  return html`<td class="${verdict}"><a href="#${outcomeAnchor(outcome)}" aria-label="${label}"></a></td>`;
}
