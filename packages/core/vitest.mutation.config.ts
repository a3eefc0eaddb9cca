/** The tests that mutants are tried against: fast ones that say the same every time. */
import { defineConfig } from "vitest/config";
import { BaseSequencer, type Reporter, type TestSpecification } from "vitest/node";

/** How often a file of tests noticed a mutant of the file that changed: the next one is most often noticed by the same. */
const noticed = new Map<string, number>();

let changed: readonly string[] = [];

const keyOf = (tests: string): string => `${tests} ${changed.join()}`;

const watch: Reporter = {
  onTestCaseResult(test) {
    const key = keyOf(test.module.moduleId);
    if (test.result().state === "failed") noticed.set(key, (noticed.get(key) ?? 0) + 1);
  },
};

/** Stryker stops at the first test that fails: what noticed others comes first, then the tests of the changed file, then the quickest to load. */
class LikeliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    changed = (this.ctx.config.related ?? []).map((file) => file.replace(/\.ts$/, ""));
    const rank = ({ moduleId }: TestSpecification) =>
      noticed.get(keyOf(moduleId)) ?? (changed.some((file) => moduleId.startsWith(file)) ? 0.5 : 0);
    return [...files].sort((a, b) => rank(b) - rank(a) || a.moduleId.length - b.moduleId.length);
  }
}

export default defineConfig({
  test: {
    testTimeout: 120_000,
    include: ["src/**/*.test.ts", "test/public-surface.test.ts"],
    setupFiles: ["test/fixed-seed.ts"],
    // One process for all files: a mutant is tried in half a second.
    isolate: false,
    sequence: { sequencer: LikeliestFirst },
    reporters: [watch],
    runner: "test/mutation-runner.ts",
  },
});
