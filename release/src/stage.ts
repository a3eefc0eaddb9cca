/** The release as it would be: a clone of what is committed, at its next version, built, and published to a registry on loopback. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Registry, startRegistry } from "./registry.ts";
import { run } from "./run.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");

export interface Stage {
  /** What all packages are published as. */
  readonly version: string;
  /** The published packages, by their names. */
  readonly packages: readonly string[];
  readonly registry: Registry;
  /** With the changelogs of one. */
  readonly isRelease: boolean;
}

export async function stageRelease(folder: string, say: (line: string) => void): Promise<Stage> {
  const clone = join(folder, "clone");
  const bin = (tool: string) => join(clone, "node_modules", ".bin", tool);
  if ((await run("git", ["status", "--porcelain"], { cwd: REPOSITORY })) !== "")
    say("The checkout has changes that are not committed: they are not part of this rehearsal.");

  say("Clone what is committed");
  await run("git", ["clone", "--quiet", REPOSITORY, clone], { cwd: folder });
  await run(
    "npx",
    [
      "-y",
      await pinnedPnpm(clone),
      "install",
      "--frozen-lockfile",
      "--prefer-offline",
      "--filter",
      "./packages/*...",
    ],
    { cwd: clone },
  );

  say("Compute versions and changelogs");
  await run(bin("changeset"), ["version"], { cwd: clone });
  const manifests = await publicManifests(clone);
  const [version = "", ...others] = new Set(manifests.map((manifest) => manifest.version));
  if (others.length > 0)
    throw new Error(`The packages would not share a version: ${[version, ...others].join(", ")}`);

  say(`Build ${manifests.length} packages at ${version}`);
  const env = { PATH: `${join(clone, "node_modules", ".bin")}:${process.env.PATH}` };
  await run(bin("turbo"), ["run", "build", "--filter", "./packages/*", "--output-logs=errors-only"], {
    cwd: clone,
    env,
  });

  say("Publish to a registry on loopback");
  const registry = await startRegistry(join(folder, "registry"));
  const userconfig = join(folder, "publish.npmrc");
  await writeFile(userconfig, registry.npmrc);
  await run(bin("changeset"), ["publish", "--no-git-tag"], {
    cwd: clone,
    env: { ...env, npm_config_userconfig: userconfig },
  });
  return { version, packages: manifests.map(({ name }) => name), registry, isRelease: true };
}

async function pinnedPnpm(clone: string): Promise<string> {
  const { packageManager } = JSON.parse(await readFile(join(clone, "package.json"), "utf8")) as {
    packageManager: string;
  };
  return packageManager;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

async function publicManifests(clone: string): Promise<Manifest[]> {
  const listed = JSON.parse(
    await run(
      join(clone, "node_modules", ".bin", "pnpm"),
      ["list", "--recursive", "--depth", "-1", "--json", "--filter", "./packages/*"],
      { cwd: clone },
    ),
  ) as Manifest[];
  return listed.filter((manifest) => !manifest.private);
}
