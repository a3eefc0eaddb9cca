/** A project of an app team: a folder from `consumers/`, with the packages it installs from the registry. */

import { existsSync } from "node:fs";
import { cp, lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Stage } from "./stage.ts";

export interface Project {
  readonly folder: string;
  readonly stage: Stage;
}

const TEMPLATES = join(import.meta.dirname, "..", "consumers");

export async function installProject(
  stage: Stage,
  root: string,
  template: string,
  packages: readonly string[],
): Promise<Project> {
  const folder = join(root, "projects", template);
  await mkdir(folder, { recursive: true });
  await cp(join(TEMPLATES, template), folder, { recursive: true });
  const manifestFile = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(manifestFile, "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const dependencies = {
    ...manifest.dependencies,
    ...Object.fromEntries(packages.map((name) => [name, stage.version])),
  };
  await writeFile(manifestFile, JSON.stringify({ ...manifest, dependencies }, undefined, 2));
  await writeFile(join(folder, ".npmrc"), stage.registry.npmrc);
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
    cwd: folder,
  });
  for (const name of packages) await comesFromTheRegistry({ folder, stage }, name);
  return { folder, stage };
}

/** Neither a link into a source tree nor a package of the same name from elsewhere: what the registry holds, to the byte. */
async function comesFromTheRegistry({ folder, stage }: Project, name: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string; dependencies?: Record<string, string> }>;
  };
  const { integrity: installed, dependencies = {} } = lock.packages[`node_modules/${name}`] ?? {};
  if (!existsSync(join(folder, "node_modules", name, "CHANGELOG.md")) && stage.isRelease)
    throw new Error(`${name} brings no CHANGELOG.md`);
  const [stray] = Object.keys(dependencies);
  if (stray !== undefined) throw new Error(`${name} brings ${stray} along: what ships has no dependencies`);
  const published = await integrityOf(stage, name);
  const linked = (await lstat(join(folder, "node_modules", name))).isSymbolicLink();
  if (linked || installed !== published)
    throw new Error(
      `${name} is not what was published: ${linked ? "a link" : `${installed}, not ${published}`}`,
    );
}

async function integrityOf({ registry, version }: Stage, name: string): Promise<string | undefined> {
  const { versions } = (await (await fetch(`${registry.url}${name}`)).json()) as {
    versions: Record<string, { dist: { integrity: string } }>;
  };
  return versions[version]?.dist.integrity;
}
