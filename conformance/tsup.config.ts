import { defineConfig } from "tsup";

// Drivers run on every runtime under test, Node 18 included, so they are plain JavaScript; the SDK stays outside,
// except in pages, which load one script.
const driver = {
  outDir: "dist/drivers",
  platform: "node",
  target: "node18",
  external: ["@whisperr/node"],
  noExternal: ["@sinonjs/fake-timers"],
} as const;

export default defineConfig([
  // fake-timers is CommonJS and requires Node's own modules, which an ES module has to be lent.
  {
    ...driver,
    entry: ["src/drivers/node.ts"],
    format: ["esm"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  },
  { ...driver, entry: ["src/drivers/node-cjs.ts"], format: ["cjs"] },
  {
    outDir: "dist/drivers",
    entry: ["src/drivers/browser.ts"],
    format: ["iife"],
    platform: "browser",
    target: "es2022",
    noExternal: [/./],
    // fake-timers looks for Node's own modules and goes on without them.
    esbuildOptions: (options) => {
      options.external = ["timers", "timers/promises", "perf_hooks", "util"];
    },
  },
]);
