/** The exact public surface of the built package, as ESM and through require(). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createWhisperr } from "../../src/index.ts";

const load = createRequire(import.meta.url);

const SURFACE = {
  "@whisperr/node": ["channel", "closeOnSignal", "createMemoryOutbox", "createWhisperr", "currentWhisperr"],
  "@whisperr/node/astro": ["astroServer", "whisperrAstro"],
  "@whisperr/node/express": ["userOfRequest", "whisperrExpress"],
  "@whisperr/node/fastify": ["whisperrFastify"],
  "@whisperr/node/hono": ["whisperrHono"],
  "@whisperr/node/koa": ["whisperrKoa"],
  "@whisperr/node/lambda": ["withWhisperr"],
  "@whisperr/node/nestjs": ["RequestWhisperr", "WhisperrModule", "WhisperrRecording", "WhisperrService"],
  "@whisperr/node/nitro": ["whisperrNitro"],
  "@whisperr/node/react-router": ["whisperrContext", "whisperrReactRouter"],
  "@whisperr/node/redis": ["createRelay", "redisOutbox"],
  "@whisperr/node/sqlite": ["sqliteOutbox"],
  "@whisperr/node/sveltekit": ["whisperrSvelteKit"],
  "@whisperr/node/testing": [
    "assertIdentified",
    "assertTracked",
    "createTestWhisperr",
    "matchers",
    "startIngestion",
  ],
};

test.each(Object.entries(SURFACE))("%s exports this and nothing else, both ways", async (name, exported) => {
  const imported = (await import(/* @vite-ignore */ name)) as object;
  const required = load(name) as object;
  expect(Object.keys(imported).sort()).toEqual(exported);
  expect(Object.keys(required).sort()).toEqual(exported);
});

test("importing and requiring give the formats they promise", () => {
  const { exports } = load("../../package.json") as {
    exports: Record<string, { import: { default: string }; require: { default: string } }>;
  };
  expect(Object.keys(exports)).toEqual([
    ".",
    ...Object.keys(SURFACE)
      .slice(1)
      .map((name) => name.replace("@whisperr/node", ".")),
  ]);
  for (const entry of Object.values(exports)) {
    expect(entry.import.default).toMatch(/\.js$/);
    expect(entry.require.default).toMatch(/\.cjs$/);
  }
});

test("the package needs no other package: frameworks are there, or not", () => {
  const manifest = load("../../package.json") as {
    [kind: string]: Record<string, unknown> | undefined;
  };
  for (const kind of ["dependencies", "optionalDependencies"]) expect(manifest[kind]).toBeUndefined();
  const { peerDependencies = {}, peerDependenciesMeta } = manifest;
  const optional = Object.keys(peerDependencies).map((name) => [name, { optional: true }]);
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(optional));
});

test("no entry loads a framework, and the main one loads no other entry", () => {
  for (const name of Object.keys(SURFACE)) {
    const entry = name.replace("@whisperr/node", "").slice(1) || "index";
    for (const file of [`${entry}.js`, `${entry}.cjs`]) {
      const code = readFileSync(new URL(`../../dist/${file}`, import.meta.url), "utf8");
      const loaded = [...code.matchAll(/(?:from |require\()['"]([^'"]+)['"]/g)].map(([, module]) => module);
      const ofOldNode = ["node:async_hooks", "node:crypto"];
      const builtIn = ["async_hooks", "diagnostics_channel", "fs", "http", "module", "node:module", "path"];
      // Only where an old Node has no other way: main-entry.test.ts looks at what is loaded.
      const own = entry === "index" ? ofOldNode : ["@whisperr/node", ...builtIn, ...ofOldNode];
      expect(own, file).toEqual(expect.arrayContaining(loaded));
    }
  }
});

test("a client has these methods and nothing else, disabled or not", () => {
  const methods = ["flush", "forUser", "identify", "shutdown", "stats", "track"];
  for (const whisperr of [createWhisperr({ apiKey: "wrk_test" }), createWhisperr({ disabled: true })]) {
    expect(Object.keys(whisperr).sort()).toEqual(methods);
    expect(Object.keys(whisperr.forUser("ada")).sort()).toEqual(["identify", "track"]);
  }
});

test("channels have these constructors and nothing else", async () => {
  const { channel } = await import("../../src/index.ts");
  expect(Object.keys(channel)).toEqual(["email", "sms", "push"]);
  expect(channel.email("ada@example.com", { verified: true })).toEqual({
    type: "email",
    address: "ada@example.com",
    verified: true,
  });
});
