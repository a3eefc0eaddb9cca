/** What README.md and INTERPRETING.md say of the command is true: its commands are understood, its options exist, its files are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseOptions } from "./cli/options.ts";
import { chosenPlan } from "./cli/plan.ts";
import { loadCases, loadSubjects } from "./load.ts";

const folder = join(import.meta.dirname, "..");
const page = readFileSync(join(folder, "README.md"), "utf8");
const interpreting = readFileSync(join(folder, "INTERPRETING.md"), "utf8");
const root = JSON.parse(readFileSync(join(folder, "..", "package.json"), "utf8")) as {
  scripts: object;
  packageManager: string;
};

/** Lines of a page's shell examples, without their remarks. */
const commandsOf = (text: string) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.trim().split("\n"))
    .map((line) => line.replace(/\s+#.*$/, ""));

const commands = commandsOf(page);

const RUN = /^(npx whisperr-conformance|node conformance\/bin\/whisperr-conformance\.js)\b/;

test("every run it shows finds its subject and its cases", () => {
  const cases = loadCases(folder);
  const subjects = loadSubjects(folder);
  const python = subjects.find(({ name }) => name === "python");
  if (!python) throw new Error("subjects/python.json is gone");
  const runs = [...commands, ...commandsOf(interpreting)].filter((command) => RUN.test(command));
  expect(runs.length).toBeGreaterThanOrEqual(9);
  for (const run of runs) {
    const options = parseOptions(["node", ...run.split(" ").slice(1)], folder);
    const plan = chosenPlan([...subjects, { ...python, name: "mine", title: "My SDK" }], cases, options);
    expect(plan).toHaveLength(1);
  }
});

test("the other commands are scripts of the repository, and what it copies is there", () => {
  const others = commands.filter((command) => !RUN.test(command));
  const scripts = others.flatMap((command) => /^npm run (\S+)$/.exec(command)?.[1] ?? []);
  expect(scripts).toEqual(["setup", "build"]);
  expect(Object.keys(root.scripts)).toEqual(expect.arrayContaining(scripts));
  const copied = others.flatMap((command) => /^cp (\S+) \S+$/.exec(command)?.[1] ?? []);
  expect(copied).toEqual(["conformance/subjects/python.json"]);
  const alone = `npx -y ${root.packageManager} install --prod --filter @whisperr/conformance`;
  expect(others).toContain(alone);
  expect(others).toHaveLength(scripts.length + copied.length + 1);
  expect(existsSync(join(folder, "..", copied[0] ?? ""))).toBe(true);
});

test("a driver's author starts as README.md says, on the repository's own Node", () => {
  const others = commandsOf(interpreting).filter((command) => !RUN.test(command));
  expect(others).toHaveLength(2);
  expect(commands).toEqual(expect.arrayContaining(others));
});

test("both pages show the same failure", () => {
  const failure = (text: string) => /```text\n(failed: [\s\S]*?)```/.exec(text)?.[1] ?? "none";
  expect(failure(interpreting)).toBe(failure(page));
});

test("its table of options is the command's", () => {
  const help = readFileSync(join(folder, "src", "cli", "options.ts"), "utf8");
  const named = [...page.matchAll(/^\| `(--[a-z]+)/gm)].map(([, name]) => name);
  const known = [...help.matchAll(/"(--[a-z]+)[ "]/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThanOrEqual(7);
  expect([...named].sort()).toEqual([...known].sort());
});

test("the files and folders it names are there", () => {
  const named = [
    ...page.matchAll(
      /`((?:browsers|cases|e2e|python|sdks|simulation|src|subjects)\/[\w./-]*|[\w-]+\.(?:json|md))`|\]\(([\w.]+\.md)\)/g,
    ),
  ];
  const paths = named
    .map(([, inline, link]) => inline ?? link ?? "")
    .filter((path) => !/^conformance\.json$/.test(path));
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
});
