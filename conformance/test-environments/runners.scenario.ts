/**
 * The packages in the tests of apps: every test runner, in a project and a process of its own, runs tests that an app team would
 * write, and the lines of docs/testing.md.
 */
import { join } from "node:path";
import { startIngestionApi } from "@whisperr/conformance/api/start-ingestion-api.ts";
import { expect, test } from "vitest";
import { docsTests, jestEnvironment, nodeDocsTest } from "./docs.ts";
import { type Modules, run, suiteFile, withoutTypes, writeProject } from "./project.ts";

const installed = (path: string) => join(import.meta.dirname, "node_modules", path);
/** One file for an environment: starting one takes longer than all tests in it. */
const together = (...names: string[]) => names.map((name) => `import "./${name}";`).join("\n");
const suite = (...names: string[]) => Object.fromEntries(names.map((name) => [name, suiteFile(name)]));

/** Of one test: timing is never judged by it, so a busy machine fails nothing. */
const TIMEOUT_MS = 60_000;

/** Of page.test.js. */
const EVENTS_OF_A_PAGE = 8;

interface Runner {
  readonly name: string;
  readonly folder: string;
  readonly modules?: Modules;
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
  /** The number of tests that passed, in what it prints. */
  readonly passed: RegExp;
  readonly tests: number;
  /** DOMs that page.test.js runs in. */
  readonly pages?: number;
}

function jest(version: number, modules: Modules): Runner {
  const isCjs = modules === "cjs";
  // In ES modules `jest` is no global.
  const names = ["server.test.js", ...(isCjs ? ["fake-timers.test.js"] : [])];
  const config = {
    testTimeout: TIMEOUT_MS,
    projects: [
      { displayName: "node", testEnvironment: "node", testMatch: ["**/in-node.js"] },
      {
        displayName: "jsdom",
        testEnvironment: "./jest.environment.cjs",
        testMatch: ["**/in-dom.js"],
      },
    ].map((project) => ({ ...project, transform: {} })),
  };
  return {
    name: `Jest ${version}, ${isCjs ? "CommonJS" : "ES modules"}: node, jsdom`,
    folder: `jest${version}-${modules}`,
    modules,
    files: {
      ...suite("checkout.js", "page.test.js", ...names),
      "docs.test.js": withoutTypes(docsTests(undefined)),
      "in-node.js": together(...names, "docs.test.js"),
      "in-dom.js": together("server.test.js", "page.test.js", "docs.test.js"),
      "jest.config.cjs": `module.exports = ${JSON.stringify(config)};`,
      "jest.environment.cjs": jestEnvironment().replace(/(?<="jest-environment-jsdom)/, `${version}`),
    },
    command: [
      process.execPath,
      ...(isCjs ? [] : ["--experimental-vm-modules"]),
      installed(`jest${version}/bin/jest.js`),
      "--runInBand",
    ],
    passed: /^Tests: +(\d+) passed, \1 total$/m,
    // node: 2 of the server, 3 of the docs, 2 with fake timers; jsdom: 2, 5 of a page, 3.
    tests: isCjs ? 17 : 15,
    pages: 1,
  };
}

function vitest(version: number, folder: string): Runner {
  const project = (name: string, include: string) => ({
    extends: true,
    test: { name, environment: name, include: [include] },
  });
  const projects = [
    project("node", "in-node.js"),
    project("jsdom", "in-dom.js"),
    project("happy-dom", "in-dom.js"),
  ];
  const config = { test: { globals: true, fileParallelism: false, testTimeout: TIMEOUT_MS, projects } };
  return {
    name: `Vitest ${version}: node, jsdom, happy-dom`,
    folder,
    files: {
      ...suite(
        "checkout.js",
        "server.test.js",
        "page.test.js",
        "fake-timers.test.js",
        "interception.test.js",
      ),
      "docs.test.ts": docsTests("vitest"),
      "in-node.js": together("server.test.js", "fake-timers.test.js", "interception.test.js", "docs.test.ts"),
      "in-dom.js": together("server.test.js", "page.test.js"),
      "vitest.config.js": `export default ${JSON.stringify(config)};`,
    },
    // On Node 26 the DOMs of older versions leave Node's own localStorage in place.
    command: [installed("node24/bin/node"), installed(`${folder}/vitest.mjs`), "run"],
    passed: /^ +Tests +(\d+) passed \(\1\)$/m,
    // node: 2 of the server, 2 with fake timers, 2 of MSW and nock, 3 of the docs; each DOM: 2, 5 of a page.
    tests: 23,
    pages: 2,
  };
}

const RUNNERS: readonly Runner[] = [
  jest(29, "cjs"),
  jest(29, "esm"),
  jest(30, "cjs"),
  jest(30, "esm"),
  vitest(3, "vitest3"),
  vitest(4, "vitest4"),
  vitest(5, "vitest"),
  {
    name: "node:test",
    folder: "node-test",
    files: {
      ...suite("checkout.js", "node.test.js"),
      "docs.test.js": nodeDocsTest(),
    },
    command: [process.execPath, "--test", "--test-reporter=tap"],
    passed: /^# pass (\d+)$/m,
    tests: 3,
  },
  {
    name: "bun test",
    folder: "bun-test",
    files: {
      ...suite("checkout.js", "server.test.js"),
      "docs.test.ts": docsTests("bun:test"),
    },
    command: [installed("bun/bin/bun.exe"), "test", `--timeout=${TIMEOUT_MS}`],
    passed: /^ *(\d+) pass$/m,
    tests: 5,
  },
  {
    name: "deno test",
    folder: "deno-test",
    files: suite("deno.test.js"),
    command: [installed("deno/deno"), "test", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=API_URL"],
    passed: /^ok \| (\d+) passed/m,
    tests: 1,
  },
];

test.concurrent.for(RUNNERS)(
  "$name",
  async ({ folder, modules = "esm", files, command, passed, tests, pages = 0 }, { onTestFinished }) => {
    // Closed by the test's own hook: those of tests that run at once are not told apart by the global one.
    const api = await startIngestionApi({ cors: true });
    onTestFinished(() => api.close());
    const project = writeProject(folder, modules, files);
    const { exit, output } = await run(project, command, { API_URL: api.url });
    const [, count] = passed.exec(output) ?? [];
    expect({ exit, passed: Number(count) }, output).toEqual({ exit: 0, passed: tests });
    if (pages > 0) expect(api.store.events).toHaveLength(pages * EVENTS_OF_A_PAGE);
  },
);
