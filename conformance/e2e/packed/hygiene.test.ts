/** What a package on npm owes those who install it, beyond that it works. */
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap, type SourceMapPayload, type SourceMapping } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { runTool } from "./install-packed.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..", "..");
const PACKAGES = readdirSync(join(REPOSITORY, "packages"));
/** In whatever delivers, and in one place of the sources. */
const A_TEXT = "/v1/identify";

describe.each(PACKAGES)("the tarball of %s", (name) => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "whisperr-hygiene-"));
    runTool("pnpm", ["pack", "--out", join(folder, "package.tgz")], name);
    execFileSync("tar", ["-xzf", "package.tgz"], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (file: string) => readFileSync(join(folder, "package", file), "utf8");
  const manifest = () => JSON.parse(read("package.json")) as Record<string, unknown>;
  const files = () =>
    globSync("{*,dist/**/*.*}", { cwd: join(folder, "package") })
      .filter((file) => file !== "dist")
      .sort();

  it("says who made it, under which licence, where its source is and where to complain", () => {
    const { license, repository, homepage, bugs, keywords, sideEffects } = manifest();
    expect({ license, sideEffects }).toEqual({ license: "MIT", sideEffects: false });
    expect(repository).toMatchObject({ directory: `packages/${name}` });
    expect([homepage, (bugs as { url: string }).url].every((url) => String(url).startsWith("https://"))).toBe(
      true,
    );
    expect(keywords).toContain("whisperr");
  });

  it("holds what is built, its documents, and nothing else", () => {
    const others = files().filter(
      (file) => !/^dist\/(development\/)?[\w.-]+\.(c?js|d\.c?ts|(c?js\.)?map)$/.test(file),
    );
    const more: Record<string, string[]> = {
      browser: ["WORKERS.md"],
      edge: ["OUTBOXES.md"],
      node: ["FRAMEWORKS.md"],
    };
    const documents = ["LICENSE", "README.md", "package.json", ...(more[name] ?? [])];
    expect(others.filter((file) => file !== "CHANGELOG.md")).toEqual(documents.sort());
    // The first release writes it.
    expect(manifest().files).toContain("CHANGELOG.md");
  });

  it("has source maps that bring their sources, and carry no path of the machine that built them", () => {
    const maps = files().filter((file) => file.endsWith(".map"));
    for (const file of maps) {
      const { sources, sourcesContent } = JSON.parse(read(file)) as {
        sources: string[];
        sourcesContent: string[];
      };
      expect(sourcesContent).toHaveLength(sources.length);
      for (const source of sources) expect(source).toMatch(/^(\.\.\/)+(core\/|src\/)/);
    }
    for (const file of files().filter((built) => /\.c?js$/.test(built))) {
      const [, map] = /sourceMappingURL=(\S+)/.exec(read(file)) ?? [];
      if (map !== undefined)
        expect(files()).toContain(join("dist", file.includes("development/") ? "development" : "", map));
    }
    expect(files().filter((file) => read(file).includes(REPOSITORY))).toEqual([]);
  });

  it("has source maps that lead to where the code is from", () => {
    const found = files().filter((file) => files().includes(`${file}.map`) && read(file).includes(A_TEXT));
    for (const file of found) {
      const lines = read(file).split("\n");
      const line = lines.findIndex((one) => one.includes(A_TEXT));
      const map = JSON.parse(read(`${file}.map`)) as SourceMapPayload;
      const entry = new SourceMap(map).findEntry(line, (lines[line] as string).indexOf(A_TEXT));
      const { originalSource, originalLine } = entry as SourceMapping;
      const source = map.sourcesContent[map.sources.indexOf(originalSource)] as string;
      expect(source.split("\n")[originalLine], file).toContain(A_TEXT);
    }
    expect(found.length > 0).toBe(["browser", "edge", "node"].includes(name));
  });

  it("has documents whose links lead somewhere on npm as well", () => {
    for (const file of files().filter((document) => document.endsWith(".md"))) {
      const targets = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
      expect(
        targets.filter((target) => !/^(https:|#)/.test(target)),
        file,
      ).toEqual([]);
    }
  });

  it("has a bill of materials that is empty", () => {
    const args = [
      "sbom",
      "--sbom-format",
      "cyclonedx",
      "--prod",
      "--exclude-peers",
      "--filter",
      `@whisperr/${name}`,
    ];
    const { components, metadata } = JSON.parse(runTool("pnpm", args, name));
    expect(metadata.component).toMatchObject({ group: "@whisperr", name });
    expect(components).toEqual([]);
  });
});

test("the lockfile names every package by what it holds, and none by an address", () => {
  const lock = readFileSync(join(REPOSITORY, "pnpm-lock.yaml"), "utf8");
  const resolutions = [...lock.matchAll(/resolution: \{(.*)\}/g)].map(([, resolution = ""]) => resolution);
  expect(resolutions.length).toBeGreaterThan(100);
  expect(resolutions.filter((resolution) => !/^integrity: sha512-[\w+/]+=*$/.test(resolution))).toEqual([]);
});
