/** Packages that are broken on purpose: a rehearsal that lets one of them through proves nothing. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startRegistry } from "./registry.ts";
import { run } from "./run.ts";
import type { Stage } from "./stage.ts";

export interface Breakage {
  /** As a sentence about the package. */
  readonly name: string;
  readonly sdk: string;
  /** Who has to notice. */
  readonly consumer: string;
  /** `folder` holds the package as it would be published. */
  damage(folder: string): Promise<void>;
}

export const BREAKAGES: readonly Breakage[] = [
  {
    name: "misses a file that its exports name",
    sdk: "node",
    consumer: "Node.js 26",
    damage: (folder) => rm(join(folder, "dist", "index.cjs")),
  },
  {
    name: "brings a dependency along",
    sdk: "node",
    consumer: "Node.js 26",
    damage: (folder) =>
      inManifest(folder, (manifest) => ({ ...manifest, dependencies: { "@whisperr/core": "*" } })),
  },
  {
    name: "misses its script",
    sdk: "browser",
    consumer: "a script tag",
    damage: (folder) => rm(join(folder, "dist", "whisperr.iife.js")),
  },
  {
    name: "names declarations of something else",
    sdk: "node",
    consumer: "TypeScript 7",
    damage: (folder) => writeFile(join(folder, "dist", "index.d.ts"), "export declare const unrelated: 1;\n"),
  },
  {
    name: "imports a module of Node.js at the edge",
    sdk: "edge",
    consumer: "wrangler",
    async damage(folder) {
      const entry = join(folder, "dist", "cloudflare.js");
      await writeFile(
        entry,
        `import { hostname } from "node:os";\nhostname();\n${await readFile(entry, "utf8")}`,
      );
    },
  },
];

/** All packages as they are built in this checkout, one of them broken, in a registry of their own. */
export async function stageBroken(
  folder: string,
  packages: readonly string[],
  { sdk, damage }: Breakage,
): Promise<Stage> {
  const registry = await startRegistry(join(folder, "registry"));
  // Optional peers come from elsewhere, which a test cannot count on.
  const npmrc = `${registry.npmrc}legacy-peer-deps=true\n`;
  await writeFile(join(folder, "publish.npmrc"), registry.npmrc);
  let version = "";
  for (const name of packages) {
    const unpacked = await packed(folder, name);
    if (name === sdk) await damage(unpacked);
    version = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8")).version;
    const env = { npm_config_userconfig: join(folder, "publish.npmrc") };
    await run("npm", ["publish", "--ignore-scripts", "--access=public"], { cwd: unpacked, env });
  }
  return {
    version,
    packages: packages.map((name) => `@whisperr/${name}`),
    registry: { ...registry, npmrc },
    isRelease: false,
  };
}

const PACKAGES = join(import.meta.dirname, "..", "..", "packages");

async function packed(folder: string, name: string): Promise<string> {
  const destination = join(folder, "packed", name);
  await mkdir(destination, { recursive: true });
  // As a release does: it leaves the source condition out.
  await run("pnpm", ["pack", "--out", join(destination, "package.tgz")], { cwd: join(PACKAGES, name) });
  await run("tar", ["-xzf", "package.tgz"], { cwd: destination });
  return join(destination, "package");
}

async function inManifest(folder: string, changed: (manifest: object) => object): Promise<void> {
  const file = join(folder, "package.json");
  await writeFile(file, JSON.stringify(changed(JSON.parse(await readFile(file, "utf8")))));
}
