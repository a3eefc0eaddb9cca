/** For tests: a run with a case of each verdict, and runs in which given cases failed. */
import type { Verdict } from "../runner/results.ts";
import type { ReportedCase, ReportedRequest, ReportedResult, RunReport } from "./run-report.ts";

export function reportedRequest(index: number, more: Partial<ReportedRequest> = {}): ReportedRequest {
  return {
    index,
    atMs: index,
    tookMs: 1,
    virtualMs: 0,
    method: "POST",
    path: "/v1/events/batch",
    headers: { "x-api-key": "•••" },
    body: "{}",
    bodyBytes: 2,
    outcome: "stored",
    status: 202,
    overlapping: false,
    events: ["e1"],
    ...more,
  };
}

function reportedCase(id: string): ReportedCase {
  return {
    id,
    title: `about ${id}`,
    clause: "4.retry",
    level: "must",
    steps: [],
    expect: {},
    file: "some.json",
    about: "what these are about",
  };
}

function result(id: string, verdict: Verdict, more: Partial<ReportedResult> = {}): ReportedResult {
  return { case: id, verdict, problems: [], exchange: [], elapsedMs: 5, ...more };
}

const results = [
  result("fine", "passed"),
  result("broken", "failed", {
    problems: ["expected 1, got 2"],
    exchange: [reportedRequest(0, { retryAfter: "20", virtualMs: 7.4 })],
  }),
  result("known", "known-failure", { knownReason: "issue 12", problems: ["too early"] }),
  result("mended", "unexpected-pass", { knownReason: "issue 13" }),
  result("elsewhere", "not-run", { problems: ["needs virtual-time"] }),
];

export const exampleReport: RunReport = {
  format: 1,
  suite: { version: "0.2.0", protocol: 1 },
  startedAt: "2026-06-14T12:00:00.000Z",
  elapsedMs: 30,
  cases: results.map((one) => reportedCase(one.case)),
  subjects: [{ name: "node1", title: "Node 1", capabilities: [], elapsedMs: 20, results }],
};

/** What a run would have left in which these cases had failed on that subject. */
export function reportOfFailures(name: string, cases: ReportedCase[]): RunReport {
  const failures = cases.map(({ id }) => result(id, "failed", { problems: ["wrong"] }));
  const subjects = [{ name, title: name, capabilities: [], elapsedMs: 1, results: failures }];
  return { ...exampleReport, cases, subjects };
}
