/** Builds the server SDK for Node from its source, with a defect's edits made on the way. The source stays as it is. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import type { Edit } from "./defect.ts";

const packages = join(import.meta.dirname, "..", "..", "..", "packages");

const asModule = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
  logLevel: "silent",
} satisfies BuildOptions;

/** Resolves when `outfile` is a module with the SDK's exports. Without edits it is the SDK as it is. */
export async function buildSdk(outfile: string, edits: readonly Edit[] = []): Promise<void> {
  await build({
    ...asModule,
    entryPoints: [join(packages, "node", "src", "index.ts")],
    outfile,
    alias: { "@whisperr/core": join(packages, "core", "src", "index.ts") },
    plugins: [editing(edits)],
  });
}

/** The driver as one file: each broken SDK gets a process of its own, and most of what that costs is loading. */
export async function buildDriver(outfile: string): Promise<void> {
  await build({
    ...asModule,
    entryPoints: [join(import.meta.dirname, "driver.ts")],
    outfile,
    // fake-timers is CommonJS and requires Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

function editing(edits: readonly Edit[]): Plugin {
  return {
    name: "editing",
    setup({ onLoad, onEnd }) {
      const unmade = new Set(edits);
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(packages, path).replaceAll("\\", "/");
        const own = edits.filter((edit) => edit.file === file);
        for (const edit of own) unmade.delete(edit);
        return { contents: own.reduce(edited, await readFile(path, "utf8")), loader: "ts" };
      });
      onEnd(() => {
        for (const { file } of unmade) throw new Error(`${file} is no part of the SDK`);
      });
    },
  };
}

function edited(source: string, { file, text, by }: Edit): string {
  const found = source.split(text).length - 1;
  if (found !== 1) throw new Error(`${file} should hold this once, not ${found} times: ${text}`);
  return source.replace(text, () => by);
}
