import { describe, expect, test } from "vitest";
import { checkTestRun } from "./development.ts";
import { isTestRun } from "./test-run.ts";

const environment = (variables: Record<string, string>) => (name: string) => variables[name];

test.each<[Record<string, string>, boolean]>([
  [{ NODE_ENV: "test" }, true],
  [{ VITEST: "true" }, true],
  [{ JEST_WORKER_ID: "1" }, true],
  [{ NODE_ENV: "production" }, false],
  [{ VITEST: "" }, false],
  [{}, false],
])("with %o in the environment this is a run of tests: %s", (variables, isTest) => {
  expect(isTestRun(environment(variables))).toBe(isTest);
});

describe("a client of a test run that would send to production", () => {
  const PRODUCTION = "https://api.whisperr.net";
  const inTests = environment({ NODE_ENV: "test" });
  const fetch = async () => Response.json({});

  function saidBy(baseUrl: string, options: object, variable: typeof inTests, times = 1): string[] {
    const lines: string[] = [];
    const said = new Set<string>();
    for (let i = 0; i < times; i++)
      checkTestRun({ baseUrl }, options as never, variable, "disabled: true", said, (line) =>
        lines.push(line),
      );
    return lines;
  }

  test("is told once what to write", () => {
    expect(saidBy(PRODUCTION, {}, inTests, 2)).toEqual([
      "[whisperr] This is a test run, and this client sends to https://api.whisperr.net: write disabled: true.",
    ]);
  });

  test("is told nothing where it sends elsewhere, with a fetch of the test's own, or outside tests", () => {
    expect(saidBy("http://127.0.0.1:8080", {}, inTests)).toEqual([]);
    expect(saidBy(PRODUCTION, { fetch }, inTests)).toEqual([]);
    expect(saidBy(PRODUCTION, {}, environment({}))).toEqual([]);
  });
});
