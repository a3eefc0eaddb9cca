/** The app of the tests that is written with Angular: compiled ahead of time by Angular's own compiler, and bundled with its linker. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import linker from "@angular/compiler-cli/linker/babel";
import { transformAsync } from "@babel/core";
import { build, type Plugin } from "esbuild";

const app = join(import.meta.dirname, "angular-app");
const require = createRequire(import.meta.url);

/** What Angular's packages leave to be done where the app is built. */
const linked: Plugin = {
  name: "linked",
  setup({ onLoad }) {
    onLoad({ filter: /@angular[\\/].+\.mjs$/ }, async ({ path }) => {
      const source = readFileSync(path, "utf8");
      const result = await transformAsync(source, {
        filename: path,
        configFile: false,
        babelrc: false,
        compact: false,
        plugins: [linker],
      });
      return { contents: result?.code ?? source, loader: "js" };
    });
  },
};

export async function bundleAngularApp(): Promise<string> {
  const outDir = mkdtempSync(join(app, "compiled-"));
  try {
    const ngc = join(
      dirname(require.resolve("@angular/compiler-cli/package.json")),
      "bundles/src/bin/ngc.js",
    );
    await promisify(execFile)(process.execPath, [ngc, "-p", app, "--outDir", outDir]);
    const { outputFiles } = await build({
      entryPoints: [join(outDir, "main.js")],
      bundle: true,
      format: "esm",
      target: "es2022",
      conditions: ["es2022", "es2015", "module"],
      plugins: [linked],
      logLevel: "error",
      define: { ngDevMode: "false", ngJitMode: "false", ngServerMode: "false" },
      write: false,
    });
    return outputFiles[0]?.text ?? "";
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
