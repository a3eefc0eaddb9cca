/** The site of the scenarios: what an app team has after `npm install @whisperr/edge`, with the examples of the README in it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";

const WORKSPACE = join(import.meta.dirname, "..");
const EDGE = join(WORKSPACE, "..", "..", "packages", "edge");
const PNPM = join(WORKSPACE, "..", "..", "node_modules", ".bin", "pnpm");

export interface Site {
  /** Its folder in `reports/`. */
  readonly name: string;
  /** `next.config.mjs`. */
  readonly config: object;
  /** The Next.js of this workspace that builds it. */
  readonly next: "next" | "next15";
  /** Beside Cache Components the App Router takes no route in the edge runtime. */
  readonly hasEdgeRoute: boolean;
}

/** Writes the site, and returns its folder. */
export function writeSite({ name, config, next, hasEdgeRoute }: Site): string {
  const folder = join(WORKSPACE, "reports", name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(WORKSPACE, "site"), folder, { recursive: true });
  if (!hasEdgeRoute) rmSync(join(folder, "app", "edge-route"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true }));
  writeFileSync(join(folder, "next.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  for (const { file, code } of examples()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  for (const file of ["lib/whisperr.js", ...examples().map((example) => example.file)])
    giveOptions(join(folder, file));
  unpackSdk(folder);
  if (next === "next15") asForNext15(folder);
  return folder;
}

/** The README's, by the path in their first line. The site has no TypeScript: its types are left out. */
function examples(): { file: string; code: string }[] {
  const [, section = ""] = readFileSync(join(EDGE, "README.md"), "utf8").split("\n## Next.js\n");
  const [own = ""] = section.split("\n## ");
  const blocks = [...own.matchAll(/```tsx\n\/\/ (\S+)\.ts\n([\s\S]*?)```/g)];
  return blocks.map(([, path = "", code = ""]) => ({
    file: `${path}.js`,
    code: transformSync(code, { loader: "ts" }).code,
  }));
}

/** It stands where the site and the SDK look for Next.js, and has another name for what a proxy is. */
function asForNext15(folder: string): void {
  symlinkSync(join(WORKSPACE, "node_modules", "next15"), join(folder, "node_modules", "next"));
  const proxy = readFileSync(join(folder, "proxy.js"), "utf8");
  writeFileSync(join(folder, "middleware.js"), proxy.replace("function proxy", "function middleware"));
  rmSync(join(folder, "proxy.js"));
}

/** All clients of the site take their options from the environment. */
function giveOptions(file: string): void {
  const source = readFileSync(file, "utf8");
  const given = source.replace("createWhisperr()", 'createWhisperr(JSON.parse(process.env.OPTIONS ?? "{}"))');
  if (given === source) throw new Error(`${file} makes no client`);
  writeFileSync(file, given);
}

/** As it would be published, beside the Next.js of this workspace. */
function unpackSdk(folder: string): void {
  const installed = join(folder, "node_modules", "@whisperr", "edge");
  mkdirSync(installed, { recursive: true });
  const packed = execFileSync(PNPM, ["pack", "--json", "--pack-destination", folder], {
    cwd: EDGE,
    encoding: "utf8",
  });
  const { filename } = JSON.parse(packed) as { filename: string };
  execFileSync("tar", ["-xzf", filename, "-C", installed, "--strip-components=1"]);
}
