/** The apps of the tests that are written with Vue and Svelte, built by Vite as their authors would. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";
import { build } from "vite";

export type Framework = "svelte" | "vue";

const folder = fileURLToPath(new URL("framework-apps/", import.meta.url));

async function bundle(framework: Framework, entry: string, ssr: boolean, outDir: string): Promise<string> {
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    plugins: [framework === "vue" ? vue() : svelte({ configFile: false })],
    // The app alone is one file, with all that it needs.
    ...(ssr && { ssr: { noExternal: true } }),
    build: {
      outDir,
      emptyOutDir: true,
      ssr,
      copyPublicDir: false,
      rolldownOptions: {
        input: `${folder}${entry}`,
        output: { entryFileNames: "app.mjs", codeSplitting: false },
      },
    },
  });
  return join(outDir, "app.mjs");
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const outDir = mkdtempSync(join(tmpdir(), "whisperr-framework-"));
  try {
    return await use(outDir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

export const bundleForPage = (framework: Framework): Promise<string> =>
  inFolder(async (outDir) => readFileSync(await bundle(framework, `${framework}.js`, false, outDir), "utf8"));

/** What a server would answer with. */
export const renderOnServer = (framework: Framework, options: object): Promise<string> =>
  inFolder(async (outDir) => {
    const file = await bundle(framework, `${framework}-server.js`, true, outDir);
    const { render } = (await import(pathToFileURL(file).href)) as {
      render(options: object): Promise<string>;
    };
    return render(options);
  });
