/**
 * `npm test` after the install: every check in order, all of them even when one fails, and one line over everything.
 * A step without a report of its own counts as one; test runners are counted from their JUnit reports.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";

const PINNED_NODE = JSON.parse(readFileSync("package.json", "utf8")).devDependencies.node;
if (process.version !== `v${PINNED_NODE}`) {
  console.error(
    `This is Node ${process.version}, the repository brings ${PINNED_NODE}: start it with \`npm test\`.`,
  );
  process.exit(1);
}

const REPORTS = "{,conformance/,conformance/*/}reports/*.xml";
for (const file of globSync(REPORTS)) rmSync(file);

/** Steps whose reports say what passed: their exit code only adds a failure when the reports know of none. */
const COUNTED = ["unit tests", "built packages", "documents", "conformance", "edge", "runtimes", "browsers"];
const turbo = (order, ...args) => [
  "turbo",
  ["run", ...args, "--output-logs=new-only", "--continue", `--log-order=${order}`],
];
/** Many tasks at a time, each whole when it is over. */
const grouped = (...args) => turbo("grouped", ...args);
/** One task at a time, as it happens. */
const live = (...args) => turbo("stream", ...args);
const steps = [
  ["build", ...grouped("build")],
  ["lint and format", "biome", ["check", "--error-on-warnings", "."]],
  ["types", ...grouped("typecheck")],
  ["unit tests", ...live("//#test:unit")],
  ["built packages", ...live("//#test:built")],
  ["documents", ...live("//#test:docs")],
  ["conformance", ...live("conformance")],
  ["edge", ...live("edge")],
  ["runtimes", ...live("runtimes")],
  // Last, and alone: real time in real browsers.
  ["browsers", ...live("browsers")],
];

let passed = 0;
let failed = 0;
const failedSteps = [];
for (const [name, command, args] of steps) {
  console.log(`\n▶ ${name}`);
  const before = performance.now();
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  console.log(`${status === 0 ? "✔" : "✘"} ${name}, ${((performance.now() - before) / 1000).toFixed(1)} s`);
  if (status !== 0) failedSteps.push(name);
  if (COUNTED.includes(name)) continue;
  if (status === 0) passed++;
  else failed++;
}

console.log("");
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  isArray: (tag) => tag === "testsuite",
});
for (const file of globSync(REPORTS).sort()) {
  const suites = parser.parse(readFileSync(file, "utf8")).testsuites?.testsuite ?? [];
  const sum = (key) => suites.reduce((total, suite) => total + Number(suite[key] ?? 0), 0);
  const bad = sum("failures") + sum("errors");
  passed += sum("tests") - bad - sum("skipped");
  failed += bad;
  console.log(`${file}: ${sum("tests")} tests, ${bad} failed`);
}
// A runner that broke down before it wrote its report must not look like one with nothing to say.
if (failedSteps.length > 0 && failed === 0) failed = failedSteps.length;
if (failedSteps.length > 0) console.log(`failed: ${failedSteps.join(", ")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
