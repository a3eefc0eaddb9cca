/** What a JUnit report says, by whichever test runner. */
import { XMLParser } from "fast-xml-parser";

export interface Tests {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: readonly NotRun[];
}

export interface NotRun {
  /** What should have run it: a runtime, or a file of tests. */
  readonly suite: string;
  readonly why: string;
}

export const noTests: Tests = { passed: 0, failed: 0, notRun: [] };

interface Suite {
  readonly name: string;
  readonly testcase?: readonly TestCase[];
}

interface TestCase {
  readonly name: string;
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: unknown;
  readonly "system-out"?: unknown;
}

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
    notRun: skipped.map((one) => ({ suite: one.suite, why: String(one["system-out"] ?? one.name).trim() })),
  };
}
