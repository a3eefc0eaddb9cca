/** What a document names must exist: examples compile against the built packages, tables match the source. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveOptions } from "@whisperr/core";
import { beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "ARCHITECTURE.md",
  ...globSync("docs/*.md", { cwd: repository }),
  ...globSync("{packages/*,conformance,conformance/*}/README.md", { cwd: repository }),
];

/** Examples for other runtimes than Node are compiled where those are. */
const compiled = documents.filter((file) => !/^packages\/(?!core|node)/.test(file));

/** The TypeScript examples of a document. */
function examples(file: string): string[] {
  return [...read(file).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
}

describe("the examples in the documents", () => {
  // Inside the package, so that it can be imported by its own name.
  const folder = fileURLToPath(new URL("../reports/examples/", import.meta.url));

  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of compiled) {
      for (const [index, code] of examples(file).entries()) {
        writeFileSync(join(folder, `${file.replaceAll(/\W+/g, "-")}-${index}.ts`), code);
      }
    }
    // What docs/testing.md tests.
    writeFileSync(
      join(folder, "checkout.ts"),
      'import type { Whisperr } from "@whisperr/node"; export declare function checkout(whisperr: Whisperr, user: string, order: object): Promise<void>;',
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "ES2022",
      module: "NodeNext",
      types: ["node"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  });

  it("compile", () => {
    const tsc = join(repository, "node_modules/.bin/tsc");
    const compile = () => execFileSync(tsc, ["-p", folder], { encoding: "utf8", stdio: "pipe" });
    expect(compile).not.toThrow();
    expect(globSync("*.ts", { cwd: folder }).length).toBeGreaterThan(5);
  });
});

describe("the option table of @whisperr/node", () => {
  const rows = new Map(
    [...read("packages/node/README.md").matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)].map(
      ([, name = "", value = ""]) => [name, value.replaceAll(/[`"_]/g, "").trim()],
    ),
  );

  it("gives the defaults that hold", () => {
    const { backoff, ...defaults } = resolveOptions({ apiKey: "wrk_test" }, { maxQueueSize: 10_000 });
    expect(rows.get("backoff")).toBe(`{ baseMs: ${backoff.baseMs}, maxMs: ${backoff.maxMs} }`);
    for (const [name, value] of Object.entries(defaults)) {
      if (name !== "apiKey") expect(rows.get(name), name).toBe(String(value));
    }
  });
});

describe("the documents", () => {
  it.each(documents)("%s links to what exists", (file) => {
    for (const [, target = ""] of read(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(existsSync(join(repository, dirname(file), target)), target).toBe(true);
    }
    // npm shows a README by itself: there, links name the repository.
    for (const [, target = ""] of read(file).matchAll(
      /github\.com\/whisperr\/whisperr-js\/blob\/main\/([\w./-]+)/g,
    )) {
      expect(existsSync(join(repository, target)), target).toBe(true);
    }
  });

  it.each(documents)("%s names scripts that exist", (file) => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const [, name = ""] of read(file).matchAll(/npm run ([a-z]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  });

  it.each(documents)("%s names files that exist", (file) => {
    for (const [, path = ""] of read(file).matchAll(/`((?:packages|conformance|apps)\/[\w./-]+)`/g)) {
      // Reports are there after a run.
      if (!/\/reports(\/|$)/.test(path)) expect(existsSync(join(repository, path)), path).toBe(true);
    }
  });
});
