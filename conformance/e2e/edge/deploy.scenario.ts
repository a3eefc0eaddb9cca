/** What the README shows for Cloudflare, as wrangler would deploy it. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const EDGE = path("../../../packages/edge/");

/** The conditions of the development build, in the README's words. */
const DEVELOPMENT = "development,workerd,worker,browser";

/** The Workers of a document, without Cloudflare's configuration of bindings. */
async function workersIn(document: string): Promise<string[]> {
  const text = await readFile(join(EDGE, document), "utf8");
  const examples = [...text.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  return examples.filter((code) => code.includes("/cloudflare") || code.includes("cloudflare:workers"));
}

test("wrangler deploy --dry-run takes every Worker of the documents, and finds nothing of Node in them", async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "whisperr-worker-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const part of ["dist", "package.json"])
    await cp(join(EDGE, part), join(folder, "node_modules", "@whisperr", "edge", part), { recursive: true });
  expect(await readFile(join(EDGE, "README.md"), "utf8")).toContain(
    `WRANGLER_BUILD_CONDITIONS=${DEVELOPMENT}`,
  );
  const workers = [...(await workersIn("README.md")), ...(await workersIn("OUTBOXES.md"))];
  expect(workers.length).toBe(5);
  for (const [index, worker] of workers.entries()) {
    const config = { name: "app", main: "worker.ts", compatibility_date: "2026-07-01" };
    await writeFile(join(folder, "wrangler.json"), JSON.stringify(config));
    await writeFile(join(folder, "worker.ts"), worker);
    // As the README has it for `wrangler dev`: once is enough.
    const conditions = index === 0 ? { WRANGLER_BUILD_CONDITIONS: DEVELOPMENT } : {};
    const said = await wrangler(folder, ["deploy", "--dry-run", "--outdir", `out-${index}`], conditions);
    expect(said).toContain("--dry-run: exiting now");
    expect(said).not.toMatch(/warning/i);
    const built = await readFile(join(folder, `out-${index}`, "worker.js"), "utf8");
    expect(built).not.toMatch(/["']node:/);
    expect(built.includes("This is a test run")).toBe(index === 0);
  }
});

async function wrangler(folder: string, args: string[], variables: object): Promise<string> {
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", ...variables };
  const command = path("../node_modules/.bin/wrangler");
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: folder, env });
  return stdout + stderr;
}
