import { readFileSync, rmSync } from "node:fs";
import { minify } from "terser";
import { defineConfig, type Options } from "tsup";
import { DECLARATIONS } from "../core/declarations.ts";
import { minified } from "../core/minified-file.ts";
import { PRIVATE_PROPERTIES } from "../core/private-names.ts";
import { production } from "../core/production-build.ts";
import { TERSER } from "../core/terser-options.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const entry = ["index", "cloudflare", "vercel", "next", "hono"].map((name) => `src/${name}.ts`);
const testingEntry = ["src/testing.ts"];

const shared: Options = {
  define: { VERSION: JSON.stringify(version) },
  entry,
  target: "es2022",
  platform: "neutral",
  minify: true,
  sourcemap: true,
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  external: ["next/server.js"],
  esbuildOptions(options) {
    options.minify = true;
    options.mangleProps = PRIVATE_PROPERTIES;
    // Core's sources, of which a production build has one file less.
    options.conditions = ["@whisperr/source"];
  },
};

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const developed: Options = { ...shared, outDir: "dist/development" };
/** What platforms load. A development build goes without: nobody pays for it. */
const produced: Options = {
  ...shared,
  plugins: [minified(minify, TERSER)],
  esbuildPlugins: [production as Plugin],
  // Of all entries in one: what an app registers in one of them holds in all.
  dts: { ...DECLARATIONS, entry: [...entry, ...testingEntry] },
};
/** For tests, where every mistake is named: by itself, to be read in a stack. */
const testing: Options = {
  ...shared,
  entry: testingEntry,
  splitting: false,
  minify: false,
  esbuildOptions(options) {
    options.conditions = ["@whisperr/source"];
  },
};

export default defineConfig(() => {
  // Here, once: the builds run side by side, and none may clear away what another wrote.
  rmSync("dist", { recursive: true, force: true });
  return [produced, developed, testing].flatMap((build): Options[] => [
    { ...build, format: "esm" },
    { ...build, format: "cjs" },
  ]);
});
