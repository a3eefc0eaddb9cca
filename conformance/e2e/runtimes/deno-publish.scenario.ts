/** The package as Deno and JSR see it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DENO_APP, DENO_MISTAKES } from "../packed/deno-app.ts";
import { denoPackage, runDeno } from "./deno-tool.ts";

/** An empty folder with nothing above it that a tool could find. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "whisperr-deno-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("deno publish --dry-run", () => {
  test("is content: no slow types, and nothing but what is built and the documents", async () => {
    const { exit, output } = await runDeno(["publish", "--dry-run", "--allow-dirty"], denoPackage);
    expect(output).toContain("Success Dry run complete");
    expect(output).not.toMatch(/warning/i);
    expect(exit).toBe(0);
    const files = [...output.matchAll(/packages\/deno\/(\S+) \(/g)].map(([, file]) => file);
    // A release writes the changelog.
    const always = files.filter((file) => file !== "CHANGELOG.md").sort();
    expect(always).toEqual(["LICENSE", "README.md", "deno.json", "dist/index.d.ts", "dist/index.js"]);
  });
});

describe("deno check", () => {
  /** Checks each source in a project that maps the package's name to what JSR would serve. */
  async function check(sources: readonly string[]) {
    const folder = newFolder();
    const imports = { "@whisperr/deno": join(denoPackage, "dist", "index.js") };
    writeFileSync(join(folder, "deno.json"), JSON.stringify({ imports, unstable: ["kv"] }));
    const files = sources.map((_source, index) => `app-${index}.ts`);
    for (const [index, file] of files.entries()) writeFileSync(join(folder, file), sources[index] ?? "");
    return runDeno(["check", ...files], folder);
  }

  test("accepts every example of the README", async () => {
    const readme = readFileSync(join(denoPackage, "README.md"), "utf8");
    const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    expect(examples).toHaveLength(3);
    expect(await check(examples)).toMatchObject({ exit: 0 });
  });

  test("accepts an app that uses everything, and what Deno.openKv() gives", async () => {
    const kv = `import { openKvOutbox } from "@whisperr/deno"; await openKvOutbox(await Deno.openKv());`;
    expect(await check([DENO_APP, kv])).toMatchObject({ exit: 0 });
  });

  test("tells an app of its mistakes", async () => {
    const { exit, output } = await check([DENO_MISTAKES]);
    expect(exit).toBe(1);
    expect(output.match(/TS\d+/g)).toEqual(["TS2345", "TS2561"]);
  });
});
