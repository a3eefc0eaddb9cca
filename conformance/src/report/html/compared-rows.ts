/** One request against what a case expects of it, row by row, judged by the same patterns as the run itself. */
import type { RequestExpectation } from "../../expectations.ts";
import { compactTypes } from "../../runner/exchange.ts";
import { mismatches, type Pattern } from "../../runner/pattern.ts";
import type { ReportedRequest } from "../run-report.ts";
import { bounded, readable, writtenPattern } from "./words/written-value.ts";

export interface Row {
  name: string;
  /** Absent: the case leaves it open. */
  expected?: string;
  /** Absent: there was none. */
  seen?: string;
  /** What differs, one line each; empty when nothing does, or nothing can be said. */
  problems: string[];
}

/** Rows that say nothing on either side are left out. */
export function comparedRows(
  expected: RequestExpectation = {},
  seen: ReportedRequest | undefined = undefined,
): Row[] {
  const events = seen && compactTypes(seen.events);
  // The report says how it ended; a case calls what was never answered hung.
  const outcome = seen?.outcome === "pending" ? "hung" : seen?.outcome;
  const rows = [
    row("request", expected.path, seen?.path, seen && `${seen.method} ${seen.path}`),
    row("events", expected.types, events, events?.join(", "), expected.types?.join(", ")),
    row("identify", expected.identify, seen?.identify, seen?.identify, expected.identify),
    row("answer", expected.status, seen?.status, seen && answerText(seen)),
    ...(expected.outcome === undefined ? [] : [row("outcome", expected.outcome, outcome, outcome)]),
    ...Object.entries(expected.headers ?? {}).map(([name, must]) =>
      headerRow(name, must, seen?.headers[name]),
    ),
    ...(expected.body === undefined ? [] : [bodyRow(expected.body, seen)]),
  ];
  const told = rows.filter(({ expected, seen }) => (expected ?? "") !== "" || (seen ?? "") !== "");
  return seen ? told : told.map((one) => ({ ...one, problems: [] }));
}

function row(
  name: string,
  must: Pattern | undefined,
  value: unknown,
  seen: string | undefined,
  expected = must === undefined || typeof must === "string" ? must : writtenPattern(must),
): Row {
  return {
    name,
    ...(expected !== undefined && { expected }),
    ...(seen !== undefined && { seen }),
    problems: must === undefined ? [] : mismatches(value, must, name),
  };
}

/** Values that carry the key are masked in reports, so nothing can be said about them here. */
function headerRow(name: string, must: Pattern, seen: string | undefined): Row {
  const compared = row(name, must, seen, seen);
  return seen !== undefined && /^•+$/.test(seen) ? { ...compared, problems: [] } : compared;
}

/** The status line, what became of the request, and the rest of the answer as far as it is known. */
function answerText({ status, outcome, retryAfter, answer = "" }: ReportedRequest): string {
  const lines = [
    status === undefined ? `no answer: ${outcome}` : `${status} ${outcome}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    ...(answer === "" ? [] : [bounded(answer)]),
  ];
  return lines.join("\n");
}

/** The report holds the beginning of a body; of most that is all of it. */
export function holdsWholeBody({ body, bodyBytes }: ReportedRequest): boolean {
  return Buffer.byteLength(body) === bodyBytes;
}

/** A body that the report holds only in part cannot be judged here; the problems of the run say what was wrong. */
function bodyRow(must: Pattern, seen: ReportedRequest | undefined): Row {
  return {
    name: "body",
    expected: writtenPattern(must),
    ...(seen && { seen: readable(seen.body) }),
    problems: seen && holdsWholeBody(seen) ? mismatches(parsed(seen.body), must, "body") : [],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
