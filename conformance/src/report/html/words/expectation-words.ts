/** What a case expects, as a list of what is looked at and what it must be. */
import { html } from "hono/html";
import type { Expectations, RequestExpectation } from "../../../expectations.ts";
import type { Html } from "../html.ts";
import { duration } from "./duration.ts";
import { writtenPattern } from "./written-value.ts";

/** What is looked at, and the pattern it must match. */
type Line = readonly [what: string, must: string];

export function expectationList(expected: Expectations): Html {
  const lines = [...requestLines(expected.requests), ...otherLines(expected)];
  return html`<dl>${lines.map(([what, must]) => html`<dt>${what}</dt><dd><code>${must}</code></dd>`)}</dl>`;
}

function requestLines(requests: Expectations["requests"]): Line[] {
  if (requests === undefined) return [];
  if (requests.length === 0) return [["requests", "none"]];
  return requests.map((request, index) => [`request #${index}`, requestWords(request)]);
}

/** One line; its body and headers are compared in the exchange. */
function requestWords(expected: RequestExpectation): string {
  const { path, types, identify, status, outcome, outlives, body, headers } = expected;
  const parts = [
    ...(path === undefined ? [] : [path]),
    ...(types === undefined ? [] : [types.join(", ")]),
    ...(identify === undefined ? [] : [`identify ${identify}`]),
    ...(status === undefined ? [] : [`→ ${status}`]),
    ...(outcome === undefined ? [] : [outcome]),
    ...(outlives === undefined ? [] : [outlives ? "outlives its page" : "ends with its page"]),
    ...(headers === undefined ? [] : [`headers ${writtenPattern(headers)}`]),
    ...(body === undefined ? [] : [`body ${writtenPattern(body)}`]),
  ];
  return parts.length === 0 ? "any" : parts.join(" ");
}

function otherLines(expected: Expectations): Line[] {
  const { exit } = expected;
  const patterns: [string, unknown][] = [
    ["requests in all", expected.requestCount],
    ["bytes of the largest body", expected.largestBody],
    ...Object.entries(expected.stored ?? {}).map(([name, must]): [string, unknown] => [
      `stored ${STORED_NAMES[name] ?? name}`,
      must,
    ]),
    ["errors", expected.errors],
    ["stats()", expected.stats],
    ...Object.entries(expected.results ?? {}).map(([name, must]): [string, unknown] => [
      `result of ${name}`,
      must,
    ]),
    ["held by waitUntil", expected.holds],
    ["printed", expected.output],
    ["createWhisperr throws", expected.creationError],
    ["requests to the other origin", expected.otherOriginRequests],
    ["exit code", exit?.code],
  ];
  const lines = patterns
    .filter(([, must]) => must !== undefined)
    .map(([what, must]): Line => [what, isNone(must) ? "none" : writtenPattern(must)]);
  if (exit)
    lines.push(["the process ends", `within ${duration(exit.withinMs)}${notBefore(exit.notBeforeMs)}`]);
  return lines;
}

/** "[]" would be the same, but looks like nothing said. */
function isNone(must: unknown): boolean {
  return Array.isArray(must) && must.length === 0;
}

const STORED_NAMES: Record<string, string> = { types: "events", occurredAt: "occurred_at" };

function notBefore(ms: number | undefined): string {
  return ms === undefined ? "" : `, not before ${duration(ms)}`;
}
