import { rmSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import { PRIVATE_PROPERTIES } from "../core/private-names.ts";
import { production } from "../core/production-build.ts";

const shared: Options = {
  entry: ["index", "cloudflare", "vercel", "next", "hono"].map((name) => `src/${name}.ts`),
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  minify: true,
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  external: ["next/server"],
  esbuildOptions(options) {
    options.mangleProps = PRIVATE_PROPERTIES;
    // Core's sources, of which a production build has one file less.
    options.conditions = ["@whisperr/source"];
  },
  treeshake: true,
};

const plugins = [production] as NonNullable<Options["esbuildPlugins"]>;

export default defineConfig(() => {
  // Here, once: the builds run side by side, and none may clear away what another wrote.
  rmSync("dist", { recursive: true, force: true });
  return [
    { ...shared, esbuildPlugins: plugins, dts: { resolve: ["@whisperr/core"] } },
    { ...shared, outDir: "dist/development" },
  ];
});
