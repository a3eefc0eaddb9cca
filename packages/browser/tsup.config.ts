import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { minify } from "terser";
import { defineConfig, type Options } from "tsup";
import { DECLARATIONS } from "../core/declarations.ts";
import { minified } from "../core/minified-file.ts";
import { PRIVATE_PROPERTIES } from "../core/private-names.ts";
import { fewWords, production } from "../core/production-build.ts";
import { TERSER } from "../core/terser-options.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const shared: Options = {
  target: "es2020",
  platform: "browser",
  minify: true,
  sourcemap: true,
  define: { VERSION: JSON.stringify(version) },
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  // Of the entries' types only: what an app registers there holds in all of them.
  external: ["@whisperr/browser"],
  esbuildOptions(options) {
    options.minify = true;
    options.mangleProps = PRIVATE_PROPERTIES;
    // Core's sources, of which a production build has one file less.
    options.conditions = ["@whisperr/source"];
  },
};

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** What visitors load. A development build goes without: nobody pays for it. */
const inProduction: Options = {
  plugins: [minified(minify, TERSER)],
  esbuildPlugins: [production as Plugin, fewWords as Plugin],
};

/** One copy of the SDK for an app: what the entry of a framework takes from the main entry stays an import of that file. */
const mainEntry: Plugin = {
  name: "main-entry",
  setup(build) {
    const extension = build.initialOptions.format === "cjs" ? "cjs" : "js";
    build.onResolve({ filter: /^\.\/index\.ts$/ }, ({ importer }) =>
      /\/(angular|compat|provided-client|react|svelte|vue)\.ts$/.test(importer)
        ? { path: `./index.${extension}`, external: true }
        : undefined,
    );
  },
};

const entry = { index: "src/index.ts" };
const ofFrameworks = {
  react: "src/react.ts",
  angular: "src/angular.ts",
  svelte: "src/svelte.ts",
  vue: "src/vue.ts",
};
const developed: Options = { ...shared, entry, outDir: "dist/development" };
const produced: Options = { ...shared, entry, ...inProduction };
/** By themselves: else the main entry would be cut in two, for what a development build has them say. */
const frameworks: Options = { ...shared, entry: ofFrameworks, splitting: false };
const frameworksDeveloped: Options = {
  ...frameworks,
  outDir: "dist/development",
  esbuildPlugins: [mainEntry],
};
const frameworksProduced: Options = {
  ...frameworks,
  ...inProduction,
  esbuildPlugins: [mainEntry, production as Plugin, fewWords as Plugin],
};
/** Loaded as they are: no bundler of an app undoes what moving functions into others saves. */
const script: Options = {
  ...shared,
  ...inProduction,
  format: "iife",
  plugins: [minified(minify, { ecma: 2020, compress: { passes: 3 } })],
};
/** By itself: it shares no file with the main entry but that entry. */
const compat: Options = { ...shared, entry: { compat: "src/compat.ts" }, splitting: false };
const compatDeveloped: Options = { ...compat, outDir: "dist/development", esbuildPlugins: [mainEntry] };
const compatProduced: Options = {
  ...compat,
  ...inProduction,
  esbuildPlugins: [mainEntry, production as Plugin, fewWords as Plugin],
};
/** By itself: it shares no file with the main entry, so that neither has to hold what only the other one uses. */
const slim: Options = { ...shared, entry: { slim: "src/slim.ts" } };
const slimDeveloped: Options = { ...slim, outDir: "dist/development" };
const slimProduced: Options = { ...slim, ...inProduction };
/** All of the main entry in one file, for bundles that cannot have a second one. */
const single: Options = { ...shared, entry: { single: "src/index.ts" }, splitting: false };
const singleDeveloped: Options = { ...single, outDir: "dist/development" };
const singleProduced: Options = { ...single, ...inProduction };
/** For tests, where every mistake is named: by itself, to be read in a stack. */
const testing: Options = {
  ...shared,
  entry: { testing: "src/testing.ts" },
  splitting: false,
  minify: false,
  esbuildOptions(options) {
    options.conditions = ["@whisperr/source"];
  },
};
/** For workers, which may not load a second file. */
const worker: Options = { ...shared, entry: { worker: "src/worker.ts" }, splitting: false };
const workerDeveloped: Options = { ...worker, outDir: "dist/development" };
const workerProduced: Options = { ...worker, ...inProduction };
/** What only `persistence: "durable"` needs is a file of its own, loaded when asked for. */
const modules: Options = { format: "esm", splitting: true };
const types: Options = { dts: DECLARATIONS };
/** The frameworks' too: what an app registers at the main entry holds in all of them. */
const typesOfAll: Options = { dts: { ...DECLARATIONS, entry: { ...entry, ...ofFrameworks } } };

/** Its declarations are those of the main entry: what an app registers there holds here, too. */
async function declareSingle(): Promise<void> {
  writeFileSync("dist/single.d.ts", 'export * from "./index.js";\n');
  writeFileSync("dist/single.d.cts", 'export * from "./index.cjs";\n');
}

export default defineConfig(() => {
  // Here, once: the builds run side by side, and none may clear away what another wrote.
  rmSync("dist", { recursive: true, force: true });
  return [
    { ...produced, ...modules, ...typesOfAll },
    { ...produced, format: "cjs", ...typesOfAll },
    { ...developed, ...modules },
    { ...developed, format: "cjs" },
    { ...frameworksProduced, format: "esm" },
    { ...frameworksProduced, format: "cjs" },
    { ...frameworksDeveloped, format: "esm" },
    { ...frameworksDeveloped, format: "cjs" },
    { ...compatProduced, format: "esm", ...types },
    { ...compatProduced, format: "cjs", ...types },
    { ...compatDeveloped, format: "esm" },
    { ...compatDeveloped, format: "cjs" },
    { ...slimProduced, format: "esm", ...types },
    { ...slimProduced, format: "cjs", ...types },
    { ...slimDeveloped, format: "esm" },
    { ...slimDeveloped, format: "cjs" },
    { ...singleProduced, format: "esm", onSuccess: declareSingle },
    { ...singleProduced, format: "cjs" },
    { ...singleDeveloped, format: "esm" },
    { ...singleDeveloped, format: "cjs" },
    { ...testing, format: "esm", ...types },
    { ...testing, format: "cjs", ...types },
    { ...workerProduced, format: "esm", ...types },
    { ...workerProduced, format: "cjs", ...types },
    { ...workerDeveloped, format: "esm" },
    { ...workerDeveloped, format: "cjs" },
    { ...script, entry: { whisperr: "src/script/tag.ts" }, outExtension: () => ({ js: ".iife.js" }) },
    { ...script, entry: { compat: "src/script/compat-tag.ts" }, outExtension: () => ({ js: ".iife.js" }) },
    // Pages carry the loader inline, where a map leads nowhere.
    {
      ...script,
      plugins: [],
      entry: { loader: "src/script/loader.ts" },
      outExtension: () => ({ js: ".js" }),
      sourcemap: false,
      // What stands around it, too, is ES5.
      esbuildOptions(options) {
        options.supported = { arrow: false };
      },
    },
  ];
});
