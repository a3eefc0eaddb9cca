/** `npm run setup` in a fresh clone, on a machine whose Node is another one than the repository's. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import root from "../package.json" with { type: "json" };

const PINNED = root.devDependencies.node;

/** Sets a clone up where the machine has Node 18, and where what pnpm installs brings this one. */
function setUp(installed: string) {
  const clone = mkdtempSync(join(tmpdir(), "whisperr-setup-"));
  const bin = join(clone, "node_modules", ".bin");
  const program = (name: string, line: string) => {
    writeFileSync(join(clone, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(clone, name), 0o755);
  };
  const node = (name: string, version: string) => {
    writeFileSync(
      join(clone, `${name}.cjs`),
      `Object.defineProperty(process, "version", { value: "v${version}" })`,
    );
    program(name, `exec "${process.execPath}" -r "${clone}/${name}.cjs" "$@"`);
  };
  mkdirSync(bin, { recursive: true });
  cpSync(import.meta.dirname, join(clone, "scripts"), { recursive: true });
  writeFileSync(join(clone, "package.json"), JSON.stringify(root));
  node("node", "18.0.0");
  node("installed", installed);
  program("npx", 'cp installed "node_modules/.bin/node"');
  const PATH = [bin, clone, process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH };
  const ended = spawnSync(root.scripts.setup, { cwd: clone, env, shell: true, encoding: "utf8" });
  rmSync(clone, { recursive: true });
  return { status: ended.status, stderr: ended.stderr };
}

const unix = test.skipIf(process.platform === "win32");

unix("what has just been installed is found, although the shell remembers another Node", () => {
  expect(setUp(PINNED)).toEqual({ status: 0, stderr: "" });
});

unix("an install that brings another Node is refused", () => {
  expect(setUp("20.0.0")).toEqual({
    status: 1,
    stderr: `This is Node v20.0.0, and node_modules should hold ${PINNED}: was its install script run?\n`,
  });
});
