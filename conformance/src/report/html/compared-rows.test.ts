import { describe, expect, test } from "vitest";
import { comparedRows } from "./compared-rows.ts";
import { aRequest } from "./run-report-builder.ts";

/** What differs, by row. */
function differing(...request: Parameters<typeof comparedRows>): string[] {
  return comparedRows(...request)
    .filter(({ problems }) => problems.length > 0)
    .map(({ name }) => name);
}

describe("a request beside what is expected of it", () => {
  test("differs nowhere when it is as the case wants it", () => {
    const body = { events: [{ event_type: "e1", properties: { $any: "object" } }] };
    const headers = { "content-type": "application/json" };
    expect(
      differing(
        { path: "/v1/events/batch", types: ["e1"], status: 202, outcome: "stored", headers, body },
        aRequest(0),
      ),
    ).toEqual([]);
  });

  test("differs in just those rows that are wrong", () => {
    const headers = { accept: "x" };
    const seen = aRequest(0, { events: ["e1", "e1"], status: 503, outcome: "refused" });
    expect(differing({ types: ["e1×2"], status: 202, outcome: "stored", headers }, seen)).toEqual([
      "answer",
      "outcome",
      "accept",
    ]);
  });

  test("says of a body what is wrong inside", () => {
    const [row] = comparedRows({ body: { events: [{ $partial: { event_type: "e2" } }] } }, aRequest(0)).slice(
      -1,
    );
    expect(row?.problems).toEqual(['body.events[0].event_type: expected "e2", got "e1"']);
    expect(row?.expected).toContain('"event_type": "e2", ‹perhaps more›');
  });

  test("leaves a body alone that the report holds only in part", () => {
    const seen = aRequest(0, { body: '{"events":[', bodyBytes: 9_000 });
    expect(differing({ body: { events: [] } }, seen)).toEqual([]);
  });

  test("leaves a header alone whose value is masked, but not one that is missing", () => {
    const expected = { headers: { "x-api-key": "wrk_test" } };
    expect(differing(expected, aRequest(0))).toEqual([]);
    expect(differing(expected, aRequest(0, { headers: {} }))).toEqual(["x-api-key"]);
  });

  test("that never came has the expected side only, and no row is wrong beside that", () => {
    const rows = comparedRows({ types: ["e1"], status: 202 }, undefined);
    expect(rows).toEqual([
      { name: "events", expected: "e1", problems: [] },
      { name: "answer", expected: "202", problems: [] },
    ]);
  });

  test("tells its answer whole: status, outcome, Retry-After and body", () => {
    const seen = aRequest(0, { status: 429, outcome: "refused", retryAfter: "20", answer: "slow down" });
    const answers = comparedRows({}, seen).filter(({ name }) => name === "answer");
    expect(answers.map((row) => row.seen)).toEqual(["429 refused\nRetry-After: 20\nslow down"]);
  });

  test("that was never answered is what a case calls hung", () => {
    const { status, answer, ...unanswered } = aRequest(0, { outcome: "pending" });
    expect(differing({ outcome: "hung" }, unanswered)).toEqual([]);
  });
});
