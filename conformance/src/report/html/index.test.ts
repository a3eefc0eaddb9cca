import { describe, expect, test } from "vitest";
import { failurePath } from "../failure-path.ts";
import { renderHtmlReport } from "./index.ts";
import { aCase, aReport, aRequest, aResult, aSubject, reportWithEverything } from "./run-report-builder.ts";

const everything = renderHtmlReport(reportWithEverything());

test("the page says first what decides the exit code", () => {
  const sentence = (verdicts: Parameters<typeof aResult>[1][]) => {
    const cases = verdicts.map((_, i) => aCase(`case.${i}`));
    const results = verdicts.map((verdict, i) => aResult(`case.${i}`, verdict));
    return /<h1[^>]*>(.*)<\/h1>/.exec(renderHtmlReport(aReport(cases, [aSubject("node1", results)])))?.[1];
  };
  expect(sentence(["passed", "not-run"])).toBe("All that ran passed.");
  expect(sentence(["passed", "known-failure"])).toBe("All that ran passed, but for 1 known failure.");
  expect(sentence(["failed", "failed"])).toBe("The run fails: 2 failures, on 1 subject.");
  expect(sentence(["unexpected-pass"])).toBe("The run fails: 1 known failure that passed, on 1 subject.");
  expect(sentence(["not-run"])).toBe("Nothing was run.");
});

test("every link leads somewhere, and every anchor is there once", () => {
  const anchors = [...everything.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const links = [...everything.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(8);
  expect(links.filter((id) => !anchors.includes(id))).toEqual([]);
  expect(new Set(anchors).size).toBe(anchors.length);
});

describe("what did not pass", () => {
  const told = (anchor: string) => {
    const from = everything.indexOf(`id="${anchor}"`);
    return everything.slice(from, everything.indexOf("</details>\n", from));
  };

  test("shows problems, the exchange, what differs in it, and how to play it again", () => {
    const failed = told("retry.fails--other");
    expect(failed).toContain("request #0 status: expected 202, got 503");
    expect(failed).toContain("503 refused\nRetry-After: 20");
    expect(failed).toMatch(/class="differs"><th scope="row"><span class="unseen">differs: <\/span>answer/);
    expect(failed).toContain("no such request");
    expect(failed).toContain("overlapping another");
    expect(failed).toContain("after 20 s of the virtual clock");
    const file = failurePath("other", "retry.fails");
    expect(failed).toContain(
      `Play it again, in the folder of this page: <code>npx whisperr-conformance --replay ${file}</code>`,
    );
  });

  test("names the reason of a known failure, and how to run it alone", () => {
    const known = told("retry.known--other");
    expect(known).toContain("Listed as a known failure: it sends too early");
    expect(known).toContain("this request</td><td>it never came");
    expect(known).toContain(
      "Play it again: <code>npx whisperr-conformance --subject other --case retry.known</code>",
    );
  });

  test("asks to strike a known failure that passes", () => {
    expect(told("retry.mended--other")).toContain("take it off the list in <code>subjects/other.json</code>");
  });

  test("says why a case was not run, by reason", () => {
    expect(told("hold.elsewhere")).toContain("Not run on Another SDK: needs client");
    expect(told("hold.elsewhere")).toContain("Not run on gone: not on the PATH");
  });
});

test("a result that is missing is shown as not run, never as passed", () => {
  const page = renderHtmlReport(aReport([aCase("retry.lost")], [aSubject("node1", [])]));
  expect(page).toContain('<td class="not-run"><i>not run</i></td>');
  expect(page).toContain("Not run on node1: the run ended before");
});

test("nothing from a run becomes markup, wherever it is from", () => {
  const evil = "</title></style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
  const id = "retry.evil";
  const request = aRequest(0, {
    method: evil,
    path: evil,
    headers: { [evil]: evil },
    body: evil,
    bodyBytes: Buffer.byteLength(evil),
    answer: evil,
    retryAfter: evil,
    events: [evil],
    identify: evil,
  });
  const result = aResult(id, "known-failure", { problems: [evil], knownReason: evil, exchange: [request] });
  const theCase = aCase(id, {
    title: evil,
    about: evil,
    steps: [{ track: [evil] }, { flush: evil }, { play: [{ kind: "raw-answer", text: evil }] }],
    expect: { requests: [{ path: evil, body: evil, headers: { [evil]: evil } }], output: evil },
  });
  const subject = aSubject("evil", [result], { title: evil, absent: evil });
  const page = renderHtmlReport({ ...aReport([theCase], [subject]), suite: { version: evil, protocol: 1 } });
  expect(page).not.toContain("<img");
  expect(page).not.toContain("<script>");
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});

test("it refers to nothing outside itself", () => {
  expect(everything).not.toMatch(/<link|<img|<iframe|src=|@import|url\((?!'data:)/);
  expect(everything.replaceAll("&#39;", "'")).toContain(`content="default-src 'none';`);
});

test("200 cases on 17 subjects with 250 failures stay under 2 MB", () => {
  const cases = Array.from({ length: 200 }, (_, i) =>
    aCase(`group-${i % 25}.case-${i}`, { file: `${i % 25}.json` }),
  );
  const exchange = [0, 1, 2].map((index) => aRequest(index));
  const failed = {
    problems: ["expected 1 requests, the API saw 3"],
    knownReason: "it sends too often",
    exchange,
  };
  const subjects = Array.from({ length: 17 }, (_, column) =>
    aSubject(
      `subject-${column}`,
      cases.map(({ id }, row) =>
        column > 14 && row < 125 ? aResult(id, "known-failure", failed) : aResult(id, "passed"),
      ),
    ),
  );
  expect(renderHtmlReport(aReport(cases, subjects)).length).toBeLessThan(2_000_000);
});
