/** Four compilers, each with every way to resolve modules that it has; what they compile is run. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../project.ts";
import { delivers, loads } from "../proof.ts";
import { run } from "../run.ts";
import { type Consumer, KEY } from "./consumer.ts";

const LOADED = ["@whisperr/browser", "@whisperr/core", "@whisperr/edge"];

type Resolution = "node16" | "nodenext" | "bundler" | "node10";

const RESOLUTIONS: readonly Resolution[] = ["node16", "nodenext", "bundler", "node10"];

export const compilers: readonly Consumer[] = [
  compiler("5.4", RESOLUTIONS),
  compiler("5.9", RESOLUTIONS),
  compiler("6", RESOLUTIONS),
  // TypeScript 7 took `node10` away.
  compiler("7", ["node16", "nodenext", "bundler"]),
];

function compiler(version: string, resolutions: readonly Resolution[]): Consumer {
  return {
    name: `TypeScript ${version}`,
    template: "typescript",
    packages: ["@whisperr/node", ...LOADED],
    async prove(project, proofs) {
      const tsc = join(project.folder, "node_modules", `typescript${version.replace(".", "")}`, "bin", "tsc");
      for (const resolution of resolutions) {
        const out = `out-${version}-${resolution}`;
        await compile(project, tsc, resolution, out, version);
        await delivers(proofs, "@whisperr/node", async (api) => {
          const env = { API_URL: api.url, WHISPERR_API_KEY: KEY };
          await run("node", [join(out, "app.js")], { cwd: project.folder, env });
        });
      }
      for (const name of LOADED) loads(proofs, name);
    },
  };
}

async function compile(
  project: Project,
  tsc: string,
  resolution: Resolution,
  outDir: string,
  version: string,
) {
  const compilerOptions = {
    target: "ES2022",
    module: moduleOf(resolution),
    moduleResolution: resolution,
    // TypeScript 6 takes it with a warning, which is an error until it is silenced.
    ...(version === "6" && resolution === "node10" && { ignoreDeprecations: "6.0" }),
    strict: true,
    // Declarations of packages are checked like the app's own code.
    skipLibCheck: false,
    types: ["node"],
    lib: ["ES2022", "DOM"],
    rootDir: ".",
    outDir,
  };
  const config = `tsconfig.${outDir}.json`;
  await writeFile(join(project.folder, config), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
  await run("node", [tsc, "-p", config, "--pretty", "false"], { cwd: project.folder });
}

function moduleOf(resolution: Resolution): string {
  if (resolution === "bundler") return "esnext";
  return resolution === "node10" ? "commonjs" : resolution;
}
