/** The end of a check: a table of its steps, what was not run and why, and one line over everything. */
import type { NotRun } from "./junit.ts";
import type { StepResult } from "./step.ts";

/** More names than this on a line are not read. */
const MAX_NAMES = 8;
const MAX_REASONS = 30;

/** `seconds` went by. `leftOut`: what this check never runs, in words. The last line is plain: `N passed, N failed`. */
export function summary(
  results: readonly StepResult[],
  seconds: number,
  leftOut: readonly string[] = [],
): string {
  const notRun = results.flatMap((result) => result.notRun.map((one) => ({ ...one, step: result.name })));
  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failed));
  const skipped = notRun.length === 0 ? "" : `, ${notRun.length} skipped`;
  return [
    "",
    ...table(results, seconds),
    "",
    ...notRunLines(notRun),
    ...leftOut.map((what) => `not run: ${what}`),
    ...failedLines(results),
    `${passed} passed, ${failed} failed${skipped}`,
  ].join("\n");
}

function table(results: readonly StepResult[], seconds: number): string[] {
  const total = { name: "together", seconds };
  const width = Math.max(...[...results, total].map(({ name }) => name.length));
  const row = (name: string, ...cells: (string | number)[]) =>
    [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(8))].join("  ");
  return [
    row("step", "time", "passed", "failed", "not run"),
    ...results.map(({ name, seconds, passed, failed, notRun, cached }) => {
      const figures = row(name, `${seconds.toFixed(1)} s`, passed, failed, notRun.length);
      return cached ? `${figures}   passed before, and nothing it reads has changed` : figures;
    }),
    row(total.name, `${total.seconds.toFixed(1)} s`),
  ];
}

/** Next to the last line, for whoever sees only the end of a long log. */
function failedLines(results: readonly StepResult[]): string[] {
  const failed = results.filter((result) => result.failed > 0);
  const lines = failed.flatMap(({ name, failures }) =>
    failures.length === 0 ? [`failed: ${name}`] : failures.map((test) => `failed: ${name}: ${test}`),
  );
  return atMost(MAX_REASONS, lines);
}

/** One line a reason: what a runtime lacks, it lacks for many tests. */
function notRunLines(all: readonly (NotRun & { readonly step: string })[]): string[] {
  const groups = Map.groupBy(all, ({ step, why }) => `${step}: ${why}`);
  const lines = [...groups].map(([reason, some]) => {
    const suites = [...new Set(some.map(({ suite }) => suite))];
    return `not run: ${some.length} of ${reason} (${atMost(MAX_NAMES, suites).join(", ")})`;
  });
  return atMost(MAX_REASONS, lines);
}

function atMost(count: number, texts: readonly string[]): string[] {
  return texts.length > count ? [...texts.slice(0, count), `${texts.length - count} more`] : [...texts];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
