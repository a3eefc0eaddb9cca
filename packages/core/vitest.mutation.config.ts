/** The tests that mutants are tried against: fast ones that say the same every time. */
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Stryker stops at the first test that fails: the tests of the changed file come first, then the quickest to load. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const changed = (this.ctx.config.related ?? []).map((file) => file.replace(/\.ts$/, ""));
    const rank = ({ moduleId }: TestSpecification) =>
      changed.some((file) => moduleId.startsWith(file)) ? 0 : 1;
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.length - b.moduleId.length);
  }
}

export default defineConfig({
  test: {
    testTimeout: 120_000,
    include: ["src/**/*.test.ts", "test/public-surface.test.ts"],
    setupFiles: ["test/fixed-seed.ts"],
    // One process for all files: a mutant is tried in half a second.
    isolate: false,
    sequence: { sequencer: NearestFirst },
    reporters: [],
  },
});
