/** Packs the publishable packages and installs them into empty projects, the way an app team gets them. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

export interface EmptyProject {
  readonly directory: string;
  /** What was installed, and would be published. */
  readonly tarball: string;
  /** Writes `source` into the project and runs it to its end; returns what it printed. */
  run(nodeVersion: string, fileName: string, source: string, env?: Record<string, string>): Promise<string>;
  remove(): void;
}

/** A project that holds nothing but the packed `packages/<name>`; npm is offline, so a dependency would fail it. */
export function installPacked(name: string): EmptyProject {
  const directory = mkdtempSync(join(tmpdir(), "whisperr-packed-"));
  // As a release does: it leaves the source condition out.
  const { filename: tarball } = JSON.parse(
    runTool("pnpm", ["pack", "--json", "--pack-destination", directory], name),
  ) as { filename: string };
  const project = join(directory, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "app", "private": true }');
  const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  execFileSync("npm", ["install", ...flags, tarball], { cwd: project });
  return {
    directory: project,
    tarball,
    async run(nodeVersion, fileName, source, env = {}) {
      writeFileSync(join(project, fileName), source);
      const options = { cwd: project, env: { PATH: process.env.PATH ?? "", ...env } };
      const { stdout, stderr } = await promisify(execFile)(nodeBinary(nodeVersion), [fileName], options);
      if (stderr !== "") throw new Error(`${fileName} on Node ${nodeVersion} complained: ${stderr}`);
      return stdout;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A Node of the matrix, by its alias' number: `18`, `20`, … */
export function nodeBinary(version: string): string {
  return join(REPOSITORY, "conformance", "e2e", "node_modules", `node${version}`, "bin", "node");
}

/** Runs a tool of the repository in a package; throws with its output when it finds something. */
export function runTool(tool: string, args: readonly string[], name: string): string {
  const binary = join(REPOSITORY, "node_modules", ".bin", tool);
  try {
    return execFileSync(binary, args, { cwd: join(REPOSITORY, "packages", name), encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${tool} ${args.join(" ")} in packages/${name}:\n${stdout ?? ""}${stderr ?? ""}`);
  }
}
