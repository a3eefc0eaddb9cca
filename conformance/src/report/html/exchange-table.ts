/** What was expected and what the API saw, side by side, request by request, with what differs marked. */
import { html } from "hono/html";
import type { ReportedCase, ReportedRequest, ReportedResult } from "../run-report.ts";
import { comparedRows, type Row } from "./compared-rows.ts";
import type { Html } from "./html.ts";
import { travelled } from "./travelled.ts";
import { duration, grouped, measured } from "./words/duration.ts";

/** Beyond this many requests nobody reads on; the JSON report has more. */
const SHOWN_REQUESTS = 16;

export function exchangeTable(
  { expect }: ReportedCase,
  { exchange, moreRequests = 0 }: ReportedResult,
): Html {
  const count = Math.max(expect.requests?.length ?? 0, exchange.length);
  if (count === 0) return html`<p class="aside">The API saw no request.</p>`;
  const shown = Array.from({ length: Math.min(count, SHOWN_REQUESTS) }, (_, index) =>
    requestRows(index, expect.requests, exchange),
  );
  const hidden = count - shown.length + moreRequests;
  return html`<table class="exchange"><thead><tr><td></td><th scope="col">Expected</th><th scope="col">The API saw</th></tr></thead>
${shown}</table>${hidden > 0 ? html`<p class="aside">And ${grouped(hidden)} requests more.</p>` : ""}`;
}

function requestRows(
  index: number,
  expected: ReportedCase["expect"]["requests"],
  exchange: readonly ReportedRequest[],
): Html {
  const seen = exchange[index];
  const odd = expected !== undefined && (expected[index] === undefined || seen === undefined);
  return html`<tbody><tr><th colspan="3" scope="rowgroup" class="at"><b>Request #${index}</b>${seen ? html`${timing(seen)} ${travelled(seen, exchange)}` : ""}</th></tr>
${odd ? oddRow(seen !== undefined) : ""}${comparedRows(expected?.[index], seen).map(rowOf)}</tbody>
`;
}

function timing({ atMs, tookMs, virtualMs, overlapping }: ReportedRequest): Html {
  const clock = virtualMs === undefined ? "" : `${duration(Math.round(virtualMs))} of the virtual clock, `;
  const took = tookMs === undefined ? "never over" : `took ${measured(tookMs)}`;
  return html`after ${clock}${measured(atMs)} of real time; ${took}${overlapping ? html`, <b class="wrong">overlapping another</b>` : ""}`;
}

function oddRow(came: boolean): Html {
  const [expected, seen] = came ? ["no such request", "one more"] : ["this request", "it never came"];
  return html`<tr class="differs"><th scope="row">in all</th><td>${expected}</td><td>${seen}</td></tr>`;
}

function rowOf({ name, expected, seen, problems }: Row): Html {
  const wrong = problems.length > 0;
  const said = wrong ? html`<span class="unseen">differs: </span>` : "";
  const lines =
    problems.length > 1 ? html`<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>` : "";
  return html`<tr${wrong ? html` class="differs"` : ""}><th scope="row">${said}${name}</th><td>${codeOr("any", expected)}</td><td>${codeOr("nothing", seen)}${lines}</td></tr>`;
}

function codeOr(otherwise: string, text: string | undefined): Html {
  if (text === undefined || text === "") return html`<i>${text === "" ? "none" : otherwise}</i>`;
  return html`<code>${text}</code>`;
}
