/** The React app of the tests, bundled with one version of React, for a page or for server rendering. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

export type ReactVersion = "18" | "19";

const require = createRequire(import.meta.url);

/** Both versions are installed, under names of their own. */
function reactOf(version: ReactVersion): Plugin {
  return {
    name: "react",
    setup(building) {
      building.onResolve({ filter: /^react(-dom)?($|\/)/ }, ({ path }) => ({
        path: require.resolve(path.replace(/^react(-dom)?/, `react$1${version}`)),
      }));
    },
  };
}

/** The development build of React: StrictMode does its checks, and hydration says what differs. */
async function bundle(version: ReactVersion, entry: string, platform: "browser" | "node"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`react-app/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    platform,
    format: platform === "node" ? "cjs" : "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    plugins: [reactOf(version)],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

export const bundleForPage = (version: ReactVersion) => bundle(version, "page.jsx", "browser");

/** What a server would answer with. */
export async function renderOnServer(version: ReactVersion, options: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "whisperr-react-"));
  try {
    const file = join(folder, "server.cjs");
    writeFileSync(file, await bundle(version, "server.jsx", "node"));
    const { render } = require(file) as { render(options: object): string };
    return render(options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
