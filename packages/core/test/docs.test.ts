/** What documents say of the repository is so: paths exist, the walk of an event is the one that V8 counts. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: repository,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);

/** Changelogs tell of files that were. */
const documents = files.filter((file) => file.endsWith(".md") && !/^\.changeset\/|CHANGELOG/.test(file));

/** What ends in one of these, or in a slash, or begins with one of our folders, and is written as code, is a path. */
const PATH =
  /^[\w.@*-]+(?:\/[\w.@*-]+)*(?:\.(?:ts|tsx|js|mjs|cjs|json|md|py)|\/)$|^(?:packages|conformance|apps)\/[\w./-]+$/;
/** Made by a build or a run, or of an app that uses the SDKs. */
const ELSEWHERE =
  /(^|\/)(dist|reports|node_modules|\.stryker-tmp)(\/|$)|^(package|wrangler|tsconfig|deno|subjects|conformance|lib\/\w+|middleware|nuxt\.config|app\/plugins\/\w+)\.\w+$|^whisperr\.iife\.js$|^(http|next)\//;

/** Paths that a document writes as code, outside of its examples. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/`([^`\s]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => PATH.test(code) && !code.includes("*") && !ELSEWHERE.test(code));
}

/** The whole path, from the document's folder or not, or its end: a document may name the files of a folder it speaks of. */
function exists(document: string, path: string): boolean {
  const whole = path.startsWith(".") ? posix.join(posix.dirname(document), path) : path;
  const part = posix.join("/", whole, "/");
  return files.some((file) => `/${file}/`.includes(part));
}

describe("a path in a document exists", () => {
  it.each(documents)("%s", (document) => {
    expect(pathsIn(read(document)).filter((path) => !exists(document, path))).toEqual([]);
  });
});

describe("a link in a document leads somewhere", () => {
  it.each(documents)("%s", (document) => {
    const text = read(document);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => target);
    // npm shows a README by itself: there, links name the repository.
    const fromOutside = [...text.matchAll(/github\.com\/whisperr\/whisperr-js\/blob\/main\/([\w./-]+)/g)];
    const targets = [
      ...links.map((target) => posix.join(posix.dirname(document), target)),
      ...fromOutside.map(([, target = ""]) => target),
    ];
    expect(targets.filter((target) => !existsSync(join(repository, target)))).toEqual([]);
  });
});

test("a script that a document names exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: object };
  const named = documents.flatMap((document) => [...read(document).matchAll(/npm run ([a-z]+)/g)]);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
});

test("MUTATION.md explains code that there is", () => {
  const rows = [...read("packages/core/MUTATION.md").matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\| /gm)];
  const stale = rows
    .map(([, file = "", code = ""]) => ({ file, code: code.replaceAll("\\|", "|") }))
    .filter(({ file, code }) => {
      const path = `packages/core/src/${file}`;
      return !files.includes(path) || !read(path).includes(code);
    });

  expect(rows.length).toBeGreaterThan(10);
  expect(stale).toEqual([]);
});

test("the walk in ARCHITECTURE.md is the one that V8 counts; npm run docs writes it", () => {
  const walk = () =>
    execFileSync(
      join(repository, "node_modules/.bin/node"),
      ["--conditions=@whisperr/source", join(repository, "scripts/walk.ts"), "--check"],
      { encoding: "utf8", stdio: "pipe" },
    );

  expect(walk).not.toThrow();
});

describe("what an editor shows of", () => {
  it.each(["node", "deno", "edge"])("@whisperr/%s", (name) => {
    const declarations = globSync(`packages/${name}/dist/*.d.ts`, { cwd: repository }).map(read).join("\n");
    const lines = declarations.split("\n");
    const isMember = (line: string) => /^ {4}(readonly )?[\w]+(<.*>)?(\?)?[:(]/.test(line);
    const undocumented = lines.filter((line, i) => isMember(line) && !/\*\/$/.test(lines[i - 1] ?? ""));
    const undescribed = lines.filter(
      (line, i) =>
        /^(declare (?!global|module)|interface |type )/.test(line) && !/\*\/$/.test(lines[i - 1] ?? ""),
    );

    // Types of core's own, names that the bundler had to change, and pages that no app has.
    const internals = /\b(PushToken|Registration|IdentifyMeaning|TrackOperation|contract)\b|\$\d\b/g;
    expect(declarations.match(internals)).toBe(null);
    // A comment on a whole file, which an editor would show on what comes first in it.
    expect(declarations.match(/\*\/\s*\/\*\*/g)).toBe(null);
    expect({ undocumented, undescribed }).toEqual({ undocumented: [], undescribed: [] });
  });
});
