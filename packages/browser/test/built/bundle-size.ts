/** What an app pays for `createWhisperr` of an entry of this package: a bundle like its own, minified and compressed. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PRIVATE_PROPERTIES } from "../../../core/private-names.ts";
import { fewWords, production } from "../../../core/production-build.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export interface BundleSize {
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
  /** Minified bytes by source file, the largest first. */
  readonly modules: readonly (readonly [file: string, bytes: number])[];
}

/** `source`: the same as is published, from its sources, which tells the modules apart. */
export async function bundleSize(
  entry: "built" | "source",
  mode: "development" | "production" = "development",
  from: "@whisperr/browser" | "@whisperr/browser/slim" = "@whisperr/browser",
): Promise<BundleSize> {
  const contents = `import { createWhisperr } from "${from}"; createWhisperr({ apiKey: "wrk_test" });`;
  const sources = {
    "@whisperr/browser/slim": path("../../src/slim.ts"),
    "@whisperr/browser": path("../../src/index.ts"),
    "@whisperr/core": path("../../../core/src/index.ts"),
  };
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: path("../..") },
    ...(entry === "source" && { alias: sources, mangleProps: PRIVATE_PROPERTIES }),
    ...(entry === "source" && mode === "production" && { plugins: [production, fewWords] }),
    conditions: [mode],
    bundle: true,
    minify: true,
    format: "esm",
    // As apps' bundlers do: what is imported when it is needed is a file of its own.
    splitting: true,
    outdir: "out",
    target: "es2020",
    define: { VERSION: '"0.0.0"' },
    metafile: true,
    write: false,
    absWorkingDir: path("../../.."),
  });
  const output =
    outputFiles.find(({ path: file }) => file.endsWith("stdin.js"))?.contents ?? new Uint8Array();
  const modules = Object.values(metafile.outputs)
    .filter(({ entryPoint }) => entryPoint === "<stdin>")
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const)
    .filter(([, bytes]) => bytes > 0)
    .sort(([, a], [, b]) => b - a);
  return { minifiedBytes: output.length, gzipBytes: gzipSync(output, { level: 9 }).length, modules };
}
