/** Every test that needs no browser and no platform: one process, a project per workspace, and four for what needs a process alone, takes long, is built, and is read by people. */
import { globSync } from "node:fs";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Workspaces import each other's sources: what is tested is what is written, built or not. */
const conditions = ["@whisperr/source", "module", "node", "development|production"];

/** What an app gets, and what tests the suite itself: these look at what the build has made, need a browser, or take long. */
const BUILT = [
  "packages/*/test/built/**/*.test.ts",
  "apps/{runtimes,web-shop}/src/**/*.test.ts",
  "conformance/{e2e/packed,browsers/src}/*.test.ts",
  "conformance/src/{cli/cli,report/html/page}.test.ts",
  "conformance/src/mutants/*.test.ts",
  "conformance/types/*.test.ts",
  "release/src/*.test.ts",
  "scripts/api-reports.test.ts",
];

/** On the sources too, but too long for `npm run check`: thousands of worlds, the large searches, mistakes built in to be noticed, every timed case at both ends of chance, a Redis of its own, every frame before the end of the call stack, everything that a page can break at every entry, processes that are killed or hang. */
const LONG = [
  "apps/ingestion/src/main.test.ts",
  "packages/browser/src/{hostile-pages,worker/hostile-workers}.test.ts",
  "packages/browser/test/tab-queue/search.test.ts",
  "conformance/simulation/src/{many-worlds,pages/quick-visits,servers/sabotages}.test.ts",
  "conformance/src/{chance,mutants/middleware/middleware}.test.ts",
  "conformance/src/runner/hostile-drivers.test.ts",
  "packages/core/test/exhaustive.test.ts",
  "packages/deno/src/kv-worlds.test.ts",
  "packages/edge/src/client/hostile-hosts.test.ts",
  "packages/edge/test/requests/exhaustive.test.ts",
  "packages/node/test/close-on-signal.test.ts",
  "packages/node/test/end-of-stack.test.ts",
  "packages/node/test/process-{end,neighbours}.test.ts",
  "packages/node/test/redis*.test.ts",
  "packages/node/test/sqlite-said.test.ts",
];

/** These change their process for good: each server that answers is closed; `next/server` is another. */
const ALONE = [
  "packages/edge/test/{entries,testing}.test.ts",
  "packages/node/test/servers-of-process.test.ts",
];

/** What people read is true. */
const DOCS = [
  "packages/core/test/state-diagram.test.ts",
  "packages/*/test/docs.test.ts",
  "conformance/src/{coverage,interpreting,readme}.test.ts",
  "scripts/option-tables.test.ts",
];

/** Files of these have a worker each. Deno's clients end with their process, and tests leave some behind. */
const ISOLATED = ["packages/deno", "alone"];

const workspaces = globSync("{packages/*,apps/*,conformance,conformance/*,release}/package.json").map(
  folderOf,
);
const SOURCES = "{src,test,browsers}/**";

/** The name of a workspace's folder is that of its project: `npx vitest --project core`. */
function unitProject(root: string, where = SOURCES): TestProjectInlineConfiguration {
  const name = root.slice(root.lastIndexOf("/") + 1);
  return sourceProject(name, [`${root}/${where}/*.test.ts`], [...BUILT, ...DOCS, ...LONG, ...ALONE], root);
}

function sourceProject(
  name: string,
  include: string[],
  exclude: string[] = [],
  root = "",
): TestProjectInlineConfiguration {
  return {
    extends: true,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    // What the browser package's build puts in.
    define: { VERSION: JSON.stringify("0.0.0") },
    test: {
      name,
      include,
      exclude,
      // A worker goes on with the next file, and with the modules it has loaded; what tests replace is put back.
      isolate: ISOLATED.includes(root),
      setupFiles: [
        "vitest.setup.ts",
        "packages/core/test/fixed-seed.ts",
        ...(process.env.FUZZ ? ["scripts/fuzz/keep-counterexample.ts"] : []),
      ],
      sequence: { hooks: "list" },
      unstubGlobals: true,
      unstubEnvs: true,
    },
  };
}

export default defineConfig({
  test: {
    // Timing is never judged here: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // By default one core is left alone.
    maxWorkers: "100%",
    projects: [
      ...workspaces.map((root) => unitProject(root)),
      unitProject("scripts", "**"),
      sourceProject("alone", ALONE, [], "alone"),
      sourceProject("long", LONG),
      { extends: true, test: { name: "built", include: BUILT } },
      { extends: true, test: { name: "docs", include: DOCS } },
    ],
  },
});

function folderOf(manifest: string): string {
  return manifest.slice(0, manifest.lastIndexOf("/"));
}
