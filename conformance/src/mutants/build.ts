/** One file per SDK, made from its source: the driver, the SDK and all mutants. */
import { join, relative } from "node:path";
import { type BuildOptions, build } from "esbuild";
import type { Subject } from "../subject.ts";
import type { SdkKind } from "./mutant.ts";

/** Where subjects are started. */
export const conformance = join(import.meta.dirname, "..", "..");
const packages = join(conformance, "..", "packages");

const inProcess: BuildOptions = {
  format: "esm",
  platform: "node",
  target: "node18",
  // fake-timers is CommonJS and requires Node's own modules.
  banner: {
    js: 'import { createRequire as lend } from "node:module"; const require = lend(import.meta.url);',
  },
};

const inSandbox: BuildOptions = {
  platform: "browser",
  target: "es2022",
  // fake-timers looks for Node's own modules and goes on without them.
  external: ["timers", "timers/promises", "perf_hooks", "util", "node:async_hooks"],
};

const settings: Record<SdkKind, BuildOptions> = {
  node: inProcess,
  deno: inProcess,
  edge: { ...inSandbox, format: "esm" },
  browser: { ...inSandbox, format: "iife" },
};

/** Resolves with `base`, driving what was built into `folder`. */
export async function buildSubject(kind: SdkKind, base: Subject, folder: string): Promise<Subject> {
  const file = join(folder, `${kind}.mjs`);
  await build({
    ...settings[kind],
    entryPoints: [join(import.meta.dirname, "entries", `${kind}.ts`)],
    outfile: file,
    bundle: true,
    logLevel: "silent",
    define: { VERSION: '"0.0.0-mutant"' },
    alias: {
      [`@whisperr/${kind}`]: join(packages, kind, "src", "index.ts"),
      "@whisperr/core": join(packages, "core", "src", "index.ts"),
    },
  });
  if ("engine" in base) return { ...base, script: relative(conformance, file) };
  if (kind === "edge") return { ...base, args: [join(import.meta.dirname, "workerd.ts"), file] };
  return { ...base, args: [...base.args.slice(0, -1), file] };
}
