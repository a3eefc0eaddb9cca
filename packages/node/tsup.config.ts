import { readFileSync, rmSync } from "node:fs";
import { minify } from "terser";
import { defineConfig, type Options } from "tsup";
import { DECLARATIONS } from "../core/declarations.ts";
import { minifyFile } from "../core/minified-file.ts";
import { compileStartAtOnce } from "./start-at-once.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** Entries that an app loads beside the main one, to be read as they are. */
const subpaths: Record<string, string> = {
  astro: "src/astro.ts",
  express: "src/express.ts",
  fastify: "src/fastify.ts",
  koa: "src/koa.ts",
  lambda: "src/lambda.ts",
  nestjs: "src/nestjs.ts",
  nitro: "src/nitro.ts",
  hono: "src/hono.ts",
  "react-router": "src/react-router.ts",
  redis: "src/redis.ts",
  "whisperr-relay": "src/whisperr-relay.ts",
  sveltekit: "src/sveltekit.ts",
  sqlite: "src/sqlite.ts",
  testing: "src/testing.ts",
};

const shared: Options = {
  entry: subpaths,
  target: "node18",
  platform: "node",
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  // Entries that make a client name the main one: an app loads it once.
  external: ["@whisperr/node"],
  // One file an entry: each more costs an app's start a third of a millisecond.
  splitting: false,
  treeshake: true,
};

const main: Options = {
  ...shared,
  entry: { index: "src/index.ts" },
  sourcemap: true,
  esbuildOptions(options) {
    // Core's sources, to which the map leads.
    options.conditions = ["@whisperr/source"];
    options.minifySyntax = true;
  },
};

/**
 * Every app reads it at its start, so it is small; see docs/decisions/small-main-entry-of-node.md. Functions keep their names, for
 * stack traces, and lines are short: Node prints the one that an error comes from.
 */
async function minifyMain(file: string): Promise<void> {
  await minifyFile(minify, file, {
    ecma: 2020,
    // At the top, too: a number with a name is only the number.
    compress: { passes: 2, keep_fnames: true, toplevel: true, join_vars: false },
    mangle: { keep_fnames: true },
    // A file with any other character takes twice the memory as text, and longer to be read.
    format: { max_line_len: 120, comments: false, ascii_only: true },
  });
  compileStartAtOnce(file);
}

/** Whole, too: a second file would cost a start more than all that the first one does. */
const oldNode: Options = { ...main, entry: { "old-node": "src/old-node.ts" } };

const types: Options = { dts: { ...DECLARATIONS, entry: { index: "src/index.ts", ...subpaths } } };

/** What the sources leave to the build. */
const define = { VERSION: JSON.stringify(version), OWN_MODULE: "undefined" };
const esm: Options = { define, format: "esm" };
const cjs: Options = { define: { ...define, OWN_MODULE: "module" }, format: "cjs" };

export default defineConfig(() => {
  // Here, once: the builds run side by side, and none may clear away what another wrote.
  rmSync("dist", { recursive: true, force: true });
  return [
    { ...main, ...esm, onSuccess: () => minifyMain("dist/index.js") },
    { ...main, ...cjs, onSuccess: () => minifyMain("dist/index.cjs") },
    { ...shared, ...esm, ...types },
    { ...shared, ...cjs, ...types },
    { ...oldNode, ...esm, onSuccess: () => minifyMain("dist/old-node.js") },
  ];
});
