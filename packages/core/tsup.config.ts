import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/testing.ts"],
  format: ["esm", "cjs"],
  target: "es2020",
  platform: "neutral",
  // The types of the main entry stand there once.
  external: ["@whisperr/core"],
  dts: true,
  clean: true,
  treeshake: true,
});
