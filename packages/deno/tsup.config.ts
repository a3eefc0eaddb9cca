import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig } from "tsup";

/** A release sets the version in package.json only; JSR reads this one. */
async function copyVersion(): Promise<void> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const jsr = readFileSync("deno.json", "utf8");
  const current = jsr.replace(/"version": "[^"]*"/, `"version": "${version}"`);
  if (current !== jsr) writeFileSync("deno.json", current);
}

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  define: { VERSION: JSON.stringify(version) },
  entry: { index: "src/index.ts" },
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  // JSR and `deno check` find the declarations by this line.
  banner: { js: '/* @ts-self-types="./index.d.ts" */' },
  dts: { resolve: ["@whisperr/core"] },
  clean: true,
  treeshake: true,
  onSuccess: copyVersion,
});
