import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { DECLARATIONS } from "../core/declarations.ts";
import { PRIVATE_PROPERTIES } from "../core/private-names.ts";
import { TERSER } from "../core/terser-options.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  define: { VERSION: JSON.stringify(version) },
  entry: ["index", "cloudflare", "vercel", "next", "hono", "testing"].map((name) => `src/${name}.ts`),
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  minify: "terser",
  terserOptions: TERSER,
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  external: ["next/server.js"],
  esbuildOptions(options) {
    options.minify = true;
    options.mangleProps = PRIVATE_PROPERTIES;
  },
  dts: DECLARATIONS,
  clean: true,
  treeshake: true,
});
