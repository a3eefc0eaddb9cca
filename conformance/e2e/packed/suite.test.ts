/** The suite as a maintainer of another SDK has it: packed, with what it depends on and nothing else of this repository. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const CONFORMANCE = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "whisperr-suite-"));
const suite = join(folder, "package");
const mine = {
  name: "mine",
  title: "Mine",
  engine: "chromium",
  script: "driver.js",
  capabilities: ["virtual-time"],
  knownFailures: [],
};

beforeAll(() => {
  const args = ["pack", "--silent", "--pack-destination", folder];
  const tarball = execFileSync("npm", args, { cwd: CONFORMANCE, encoding: "utf8" }).trim();
  execFileSync("tar", ["-xf", tarball], { cwd: folder });
  for (const name of dependencies()) {
    const place = join(suite, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(CONFORMANCE, "node_modules", name), place);
  }
  mkdirSync(join(folder, "subjects"));
  writeFileSync(join(folder, "subjects", "mine.json"), JSON.stringify(mine));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function dependencies(): string[] {
  const manifest = JSON.parse(readFileSync(join(suite, "package.json"), "utf8")) as { dependencies: object };
  return Object.keys(manifest.dependencies);
}

function run(...args: string[]) {
  const command = [join("package", "bin", "whisperr-conformance.js"), ...args];
  const env = { ...process.env, NO_COLOR: "1", CI: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("it brings no runtime, no browser and no SDK", () => {
  expect(dependencies()).not.toHaveLength(0);
  const heavy = /whisperr|node\d|deno|bun|miniflare|wrangler|edge-runtime|playwright|puppeteer|esbuild/;
  expect(dependencies().filter((name) => heavy.test(name))).toEqual([]);
});

test("it holds cases, runner and API, and none of the workspaces beside them", () => {
  const entries = globSync("*", { cwd: suite }).filter((name) => name !== "node_modules");
  expect(entries.sort()).toEqual([
    "CONTRACT.md",
    "COVERAGE.md",
    "INTERPRETING.md",
    "README.md",
    "bin",
    "cases",
    "cases.schema.json",
    "clauses.json",
    "package.json",
    "python",
    "src",
    "subjects",
    "subjects.schema.json",
  ]);
  expect(globSync("subjects/*", { cwd: suite })).toEqual(["subjects/python.json"]);
  expect(globSync("src/{**/*.test.ts,mutants}", { cwd: suite })).toEqual([]);
});

test("its command works there", () => {
  expect(run("--list")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^subject python: .*\ncase /),
  });
});

test("a subject in a browser is not run as long as the browsers' workspace is not there", () => {
  const { status, stdout } = run("--subjects", "subjects", "--case", "event.headers", "--out", "reports");
  expect(stdout).toContain("@whisperr/conformance-browsers is not installed");
  expect(status).toBe(0);
});

test("worlds cannot be simulated there, and it says so; nor in a checkout where the suite alone was installed", () => {
  const why =
    "error: simulate needs the whole repository of the suite, with all its packages: `npm run setup` in its root, then " +
    "`npx whisperr-conformance simulate`\n";
  expect(run("simulate")).toMatchObject({ stderr: why, status: 2 });
  cpSync(join(CONFORMANCE, "simulation", "src"), join(suite, "simulation", "src"), { recursive: true });
  expect(run("simulate", "--seeds", "1")).toMatchObject({ stderr: why, status: 2 });
});

test("below node_modules, where Node runs no TypeScript, its command says so", () => {
  const installed = join(folder, "node_modules", "@whisperr", "conformance", "bin");
  cpSync(join(suite, "bin"), installed, { recursive: true });
  const command = join(installed, "whisperr-conformance.js");
  const { status, stderr } = spawnSync(process.execPath, [command, "--list"], { encoding: "utf8" });
  expect(stderr).toBe(
    "whisperr-conformance is TypeScript, which Node.js does not run below node_modules: use it in a checkout of its repository, " +
      "or unpack it elsewhere.\n",
  );
  expect(status).toBe(2);
});
