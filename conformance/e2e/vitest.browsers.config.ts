import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest first, so that none runs on alone at the end; the others follow in any order. */
const LONGEST = [
  "hurried-visits",
  "visits",
  "tabs",
  "storage",
  "faults-at-exit",
  "people",
  "killed",
  "slow-uplink",
  "page-views",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.scenario.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The browser scenarios: real engines, real pages, real time. One file per scenario. */
export default defineConfig({
  test: {
    include: ["{browsers,pages}/**/*.scenario.ts"],
    globalSetup: ["browsers/figures.ts"],
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 60_000 } },
    // Mostly waiting, for leases and timeouts: three files at a time keep two cores busy.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // A worker goes on with the next file, and with the browsers it has launched.
    isolate: false,
    environment: "./browsers/shared-browsers.ts",
    teardownTimeout: 60_000,
    reporters: ["default", ["junit", { outputFile: "reports/browsers.xml" }]],
  },
});
