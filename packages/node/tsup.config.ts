import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { DECLARATIONS } from "../core/declarations.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  define: { VERSION: JSON.stringify(version) },
  entry: {
    index: "src/index.ts",
    astro: "src/astro.ts",
    express: "src/express.ts",
    fastify: "src/fastify.ts",
    koa: "src/koa.ts",
    lambda: "src/lambda.ts",
    nestjs: "src/nestjs.ts",
    nitro: "src/nitro.ts",
    hono: "src/hono.ts",
    "react-router": "src/react-router.ts",
    redis: "src/redis.ts",
    "whisperr-relay": "src/whisperr-relay.ts",
    sveltekit: "src/sveltekit.ts",
    sqlite: "src/sqlite.ts",
    testing: "src/testing.ts",
  },
  format: ["esm", "cjs"],
  target: "node18",
  platform: "node",
  // Core is part of the package, types too: whoever installs it installs nothing else.
  noExternal: ["@whisperr/core"],
  // Entries that make a client name the main one: an app loads it once.
  external: ["@whisperr/node"],
  dts: DECLARATIONS,
  clean: true,
  // One file an entry: each more costs an app's start a third of a millisecond.
  splitting: false,
  treeshake: true,
});
