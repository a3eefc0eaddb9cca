import { readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

// Drivers run on every runtime under test, Node 18 included, so they are plain JavaScript; the SDK stays outside,
// except in pages, which load one script.
const driver = {
  outDir: "dist",
  platform: "node",
  target: "node18",
  external: ["@whisperr/node", "@whisperr/deno", "outside-node"],
  noExternal: ["@sinonjs/fake-timers"],
} as const;

/** One file with everything in it, for runtimes that load one script. */
const alone = {
  outDir: "dist",
  platform: "browser",
  target: "es2022",
  splitting: false,
  noExternal: [/./],
  removeNodeProtocol: false,
  // fake-timers looks for Node's own modules and goes on without them.
  esbuildOptions: (options: { external?: string[] }) => {
    options.external = ["timers", "timers/promises", "perf_hooks", "util", "node:async_hooks"];
  },
} as const;

/** With the SDK's development build inside. */
const development = {
  esbuildOptions: (options: { conditions?: string[] }) => {
    alone.esbuildOptions(options);
    options.conditions = ["development"];
  },
};

/** Where `browser-es2020.ts` takes away what is newer, the driver's own clock cannot use it either. */
const olderTimers: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "older-timers",
  setup(build) {
    build.onLoad({ filter: /fake-timers-src\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        "Object.hasOwn(",
        "Object.prototype.hasOwnProperty.call(",
      ),
    }));
  },
};

export default defineConfig([
  // fake-timers is CommonJS and requires Node's own modules, which an ES module has to be lent.
  {
    ...driver,
    entry: ["src/node.ts", "src/deno.ts", "src/outside-node.ts"],
    format: ["esm"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  },
  { ...driver, entry: ["src/node-cjs.ts"], format: ["cjs"] },
  // What starts an edge runtime, and what runs inside.
  { ...driver, entry: ["src/workerd.ts", "src/vercel-edge.ts"], format: ["esm"] },
  { ...alone, entry: ["src/workerd-worker.ts"], format: ["esm"] },
  {
    ...alone,
    ...development,
    entry: { "workerd-worker-development": "src/workerd-worker.ts" },
    format: ["esm"],
  },
  {
    ...alone,
    entry: ["src/browser.ts", "src/browser-slim.ts", "src/outside-web.ts", "src/vercel-edge-function.ts"],
    format: ["iife"],
  },
  { ...alone, entry: ["src/browser-es2020.ts"], format: ["iife"], esbuildPlugins: [olderTimers] },
  {
    ...alone,
    ...development,
    entry: { "browser-development": "src/browser.ts" },
    format: ["iife"],
  },
]);
