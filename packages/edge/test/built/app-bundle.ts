/** What a platform's tools make of an app that uses this package: one script, minified. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Of the built package. Fails on whatever a neutral platform has not, `node:` modules among it. */
export async function bundleApp(source: string, format: "esm" | "iife" = "esm"): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: path("../..") },
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    platform: "neutral",
    external: ["next/server.js"],
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
