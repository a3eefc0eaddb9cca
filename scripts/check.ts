/** `npm run check`: a minute that finds nearly everything. Nothing has to be built for it: it runs the sources. */
import { runCheck } from "./run-check.ts";
import { type Step, turbo } from "./step.ts";

const code: Step[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "rooms", command: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages"] },
  { name: "unused files and packages", command: ["knip", "--exclude", "exports", "--cache"] },
  { name: "types", command: ["node", "scripts/typecheck.ts"] },
  {
    name: "cases on one Node",
    command: turbo("//#test:sources"),
    reports: "reports/sources/conformance.xml",
  },
];

/** They take as long as all the others. */
const unitTests: Step = {
  name: "unit tests",
  command: turbo("//#test:unit"),
  reports: "reports/unit.xml",
};

await runCheck(
  [[code, [unitTests]]],
  ["what takes long, what is built, other runtimes, browsers and documents (npm test)"],
);
