/** What a JUnit report says, by whichever test runner. */
import { XMLParser } from "fast-xml-parser";

export interface Tests {
  readonly passed: number;
  readonly failed: number;
  /** Which failed, and how its message begins. They may be fewer than `failed`: a runner that broke down names none. */
  readonly failures: readonly string[];
  readonly notRun: readonly NotRun[];
}

export interface NotRun {
  /** What should have run it: a runtime, or a file of tests. */
  readonly suite: string;
  readonly why: string;
}

export const noTests: Tests = { passed: 0, failed: 0, failures: [], notRun: [] };

interface Suite {
  readonly name: string;
  readonly testcase?: readonly TestCase[];
}

interface TestCase {
  readonly name: string;
  readonly failure?: Problem;
  readonly error?: Problem;
  readonly skipped?: unknown;
  readonly "system-out"?: unknown;
}

/** Text where the element has no attributes; where it has some, its text is one of the names. */
type Problem = string | { readonly message?: string; readonly "#text"?: string };

const MAX_MESSAGE_LENGTH = 200;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  isArray: (tag) => tag === "testsuite" || tag === "testcase",
});

/** A test that was skipped says why in its output, or else in its name. */
export function readReport(xml: string): Tests {
  const suites: Suite[] = parser.parse(xml).testsuites?.testsuite ?? [];
  const all = suites.flatMap(({ name, testcase = [] }) => testcase.map((one) => ({ suite: name, ...one })));
  const skipped = all.filter((one) => one.skipped !== undefined);
  const failed = all.filter((one) => one.failure !== undefined || one.error !== undefined);
  return {
    passed: all.length - skipped.length - failed.length,
    failed: failed.length,
    failures: failed.map((one) => `${one.suite} > ${one.name}: ${beginning(one.failure ?? one.error)}`),
    notRun: skipped.map((one) => ({ suite: one.suite, why: String(one["system-out"] ?? one.name).trim() })),
  };
}

function beginning(problem: Problem | undefined): string {
  const text = typeof problem === "object" ? (problem.message ?? problem["#text"]) : problem;
  return (text ?? "").trim().split("\n", 1).join().slice(0, MAX_MESSAGE_LENGTH);
}
