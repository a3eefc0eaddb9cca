/** For builds: a second minifier, after esbuild. tsup would run it as well, and leave the source map to what was there before. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

/** That of terser, which each package has for its build. */
type Minify = (
  code: string,
  options: { readonly sourceMap: object },
) => Promise<{ readonly code?: string; readonly map?: object | string }>;

/** Writes `file` anew, and the map beside it, from its own code and map. */
export async function minifyFile(minify: Minify, file: string, options: object): Promise<void> {
  const map = `${file}.map`;
  const sourceMap = { content: readFileSync(map, "utf8"), url: basename(map), includeSources: true };
  const made = await minify(readFileSync(file, "utf8"), { ...options, sourceMap });
  writeFileSync(file, made.code ?? "");
  writeFileSync(map, String(made.map));
}

/**
 * A plugin for tsup: the same of each file that it has written, but for CommonJS: bundlers take modules, and types checkers know what
 * esbuild's form exports.
 */
export function minified(minify: Minify, options: object) {
  return {
    name: "minified",
    async buildEnd(
      this: { readonly format: string },
      { writtenFiles }: { readonly writtenFiles: readonly { readonly name: string }[] },
    ): Promise<void> {
      if (this.format === "cjs") return;
      const scope = this.format === "esm" ? { module: true } : { toplevel: true };
      for (const { name } of writtenFiles)
        if (/\.c?js$/.test(name)) await minifyFile(minify, name, { ...scope, ...options });
    },
  };
}
