/** How each verdict is named and in which order; its symbol and colour are in styles/verdicts.css, under its own name. */
import { html } from "hono/html";
import type { countVerdicts, Verdict } from "../../runner/results.ts";
import type { Html } from "./html.ts";
import { grouped } from "./words/duration.ts";

/** In the order of bars and sums. */
const VERDICTS: readonly Verdict[] = ["passed", "failed", "unexpected-pass", "known-failure", "not-run"];

export const VERDICT_NAMES: Record<Verdict, string> = {
  passed: "passed",
  failed: "failed",
  "unexpected-pass": "unexpected pass",
  "known-failure": "known failure",
  "not-run": "not run",
};

export type VerdictCounts = ReturnType<typeof countVerdicts>;

/** The verdicts that there are. */
export function occurring(counts: VerdictCounts): Verdict[] {
  return VERDICTS.filter((verdict) => counts[verdict] > 0);
}

/** What a group as a whole is shown as: what wants attention most. */
export function worst(counts: VerdictCounts): Verdict {
  const order: Verdict[] = ["failed", "unexpected-pass", "known-failure", "passed"];
  return order.find((verdict) => counts[verdict] > 0) ?? "not-run";
}

/** A symbol per verdict that occurs with how many there are; the name is for who cannot see the symbol. */
export function verdictSums(counts: VerdictCounts): Html {
  const sums = occurring(counts).map((verdict) => {
    const figure = grouped(counts[verdict]);
    const name = VERDICT_NAMES[verdict];
    return html`<span class="mark ${verdict}" title="${figure} ${name}">${figure}<span class="unseen"> ${name} </span></span>`;
  });
  return html`<span class="sums">${sums}</span>`;
}

/** How the verdicts divide up, as a bar; the sums beside it say the same in figures. */
export function verdictBar(counts: VerdictCounts): Html {
  const parts = occurring(counts).map(
    (verdict) => html`<i class="${verdict}" style="flex-grow:${counts[verdict]}"></i>`,
  );
  return html`<span class="bar" aria-hidden="true">${parts}</span>`;
}
