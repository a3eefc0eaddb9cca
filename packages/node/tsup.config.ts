import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", express: "src/express.ts", sqlite: "src/sqlite.ts" },
  format: ["esm", "cjs"],
  target: "node18",
  platform: "node",
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  dts: { resolve: ["@whisperr/core"] },
  clean: true,
  // One file an entry: each more costs an app's start a third of a millisecond.
  splitting: false,
  treeshake: true,
});
