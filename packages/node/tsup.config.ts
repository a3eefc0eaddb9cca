import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", express: "src/express.ts" },
  format: ["esm", "cjs"],
  target: "node18",
  platform: "node",
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  dts: { resolve: ["@whisperr/core"] },
  clean: true,
  treeshake: true,
});
