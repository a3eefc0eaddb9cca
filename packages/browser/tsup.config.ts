import { readFileSync, rmSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import { PRIVATE_PROPERTIES } from "../core/private-names.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const shared: Options = {
  target: "es2020",
  platform: "browser",
  minify: true,
  sourcemap: true,
  define: { VERSION: JSON.stringify(version) },
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  esbuildOptions(options) {
    options.mangleProps = PRIVATE_PROPERTIES;
  },
};

/** One copy of the SDK for both entries: what React's takes from the main entry stays an import of that file. */
const mainEntry: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "main-entry",
  setup(build) {
    const extension = build.initialOptions.format === "cjs" ? "cjs" : "js";
    build.onResolve({ filter: /^\.\/index\.ts$/ }, ({ importer }) =>
      importer.endsWith("react.ts") ? { path: `./index.${extension}`, external: true } : undefined,
    );
  },
};

const entries: Options = {
  ...shared,
  entry: { index: "src/index.ts", react: "src/react.ts" },
  esbuildPlugins: [mainEntry],
};

export default defineConfig(() => {
  // Here, once: the builds run side by side, and none may clear away what another wrote.
  rmSync("dist", { recursive: true, force: true });
  return [
    {
      ...entries,
      format: "esm",
      // What only `persistence: "durable"` needs is a file of its own, loaded when asked for.
      splitting: true,
      dts: { resolve: ["@whisperr/core"] },
    },
    { ...entries, format: "cjs", dts: { resolve: ["@whisperr/core"] } },
    {
      ...shared,
      entry: { whisperr: "src/script/tag.ts" },
      format: "iife",
      outExtension: () => ({ js: ".iife.js" }),
    },
    {
      ...shared,
      entry: { loader: "src/script/loader.ts" },
      format: "iife",
      outExtension: () => ({ js: ".js" }),
      // Pages carry it inline, where a map leads nowhere.
      sourcemap: false,
    },
  ];
});
