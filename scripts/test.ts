/** `npm test`: the whole truth, and what CI runs. Arguments go to turbo: `npm test -- --force` runs what is unchanged too. */
import { machine } from "./machine.ts";
import { runCheck } from "./run-check.ts";
import { type Step, turbo } from "./step.ts";

process.env.MACHINE = machine();

const force = process.argv.slice(2);

const build: Step = { name: "build", command: turbo("build", ...force) };

/** These keep a machine busy. */
const code: Step[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "rooms", command: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages"] },
  { name: "unused files and packages", command: ["knip", "--exclude", "exports", "--cache"] },
  { name: "types", command: ["node", "scripts/typecheck.ts", ...force] },
  { name: "unit tests", command: turbo("//#test:unit", ...force), reports: "reports/unit.xml" },
  { name: "built packages", command: turbo("//#test:built", ...force), reports: "reports/built.xml" },
  { name: "documents", command: turbo("//#test:docs", ...force), reports: "reports/docs.xml" },
  {
    name: "conformance",
    command: turbo("conformance", ...force),
    reports: "conformance/reports/conformance.xml",
  },
];

/** Much of these is waiting: beside the others they cost little time. */
const platforms: Step[] = [
  { name: "edge", command: turbo("edge", ...force), reports: "conformance/e2e/reports/edge.xml" },
  { name: "Next.js", command: turbo("next", ...force), reports: "conformance/next/reports/next.xml" },
  {
    name: "runtimes",
    command: turbo("runtimes", ...force),
    reports: "conformance/e2e/reports/runtimes.xml",
  },
  {
    name: "frameworks",
    command: turbo("frameworks", ...force),
    reports: "conformance/frameworks/reports/frameworks.xml",
  },
  {
    name: "test environments",
    command: turbo("test-environments", ...force),
    reports: "conformance/test-environments/reports/test-environments.xml",
  },
  {
    name: "apps' tests",
    command: turbo("app-tests", ...force),
    reports: "conformance/app-tests/reports/*.xml",
  },
];

/** Last, and alone: real time in real browsers. */
const browsers: Step = {
  name: "browsers",
  command: turbo("browsers", ...force),
  reports: "conformance/e2e/reports/browsers.xml",
};

await runCheck(
  [[[build]], [code, platforms], [[browsers]]],
  [
    "the two SDKs as they were published, which nothing here can change (npm run test:outside)",
    "random seeds (npm run fuzz), and mutants of core (npm run mutation)",
  ],
);
