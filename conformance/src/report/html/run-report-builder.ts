/** Reports for tests: small, with every verdict, and with what a hostile SDK could have put into it. */
import type {
  ReportedCase,
  ReportedRequest,
  ReportedResult,
  ReportedSubject,
  RunReport,
} from "../run-report.ts";

export function aCase(id: string, more: Partial<ReportedCase> = {}): ReportedCase {
  return {
    id,
    title: `About ${id}`,
    clause: "4.retry",
    level: "must",
    steps: [{ track: ["user_1", "e1"] }, { flush: "first" }],
    expect: { requests: [{ types: ["e1"], status: 202 }] },
    file: "answers-retry.json",
    about: "Answers that are tried again.",
    ...more,
  };
}

export function aResult(
  id: string,
  verdict: ReportedResult["verdict"],
  more: Partial<ReportedResult> = {},
): ReportedResult {
  return { case: id, verdict, problems: [], elapsedMs: 12, exchange: [], ...more };
}

export function aRequest(index: number, more: Partial<ReportedRequest> = {}): ReportedRequest {
  const body = JSON.stringify({ events: [{ event_type: "e1", properties: { index } }] });
  return {
    index,
    atMs: 8 + index,
    tookMs: 3,
    method: "POST",
    path: "/v1/events/batch",
    headers: { "content-type": "application/json", "x-api-key": "•••" },
    body,
    bodyBytes: Buffer.byteLength(body),
    outcome: "stored",
    status: 202,
    answer: '{"accepted":1,"rejected":0}',
    overlapping: false,
    events: ["e1"],
    virtualMs: 0,
    ...more,
  };
}

export function aSubject(
  name: string,
  results: ReportedResult[],
  more: Partial<ReportedSubject> = {},
): ReportedSubject {
  return { name, title: name, capabilities: [], elapsedMs: 1_300, results, ...more };
}

export function aReport(cases: ReportedCase[], subjects: ReportedSubject[]): RunReport {
  return {
    format: 1,
    suite: { version: "1.2.3", protocol: 1 },
    startedAt: "2026-11-21T10:15:00.000Z",
    elapsedMs: 95_000,
    cases,
    subjects,
  };
}

/** Two files, three subjects, one of them absent, and each verdict somewhere. */
export function reportWithEverything(): RunReport {
  const cases = [
    aCase("retry.fails", { title: "A lost batch is sent again" }),
    aCase("retry.known"),
    aCase("retry.mended", { level: "should" }),
    aCase("hold.elsewhere", {
      needs: ["client"],
      file: "client-hold.json",
      about: "Events wait on the device.",
    }),
  ];
  const wrong = {
    problems: ["expected 1 requests, the API saw 2", "request #0 status: expected 202, got 503"],
    exchange: [
      aRequest(0, { status: 503, outcome: "refused", retryAfter: "20" }),
      aRequest(1, { virtualMs: 20_000, overlapping: true }),
    ],
  };
  const worse = [
    aResult("retry.fails", "failed", wrong),
    aResult("retry.known", "known-failure", { problems: ["gone"], knownReason: "it sends too early" }),
    aResult("retry.mended", "unexpected-pass", { knownReason: "it was slow" }),
    aResult("hold.elsewhere", "not-run", { problems: ["needs client"] }),
  ];
  const absent = "not on the PATH";
  return aReport(cases, [
    aSubject(
      "node1",
      cases.map(({ id }) => aResult(id, "passed")),
    ),
    aSubject("other", worse, { title: "Another SDK" }),
    aSubject(
      "gone",
      cases.map(({ id }) => aResult(id, "not-run", { problems: [absent] })),
      { absent },
    ),
  ]);
}
