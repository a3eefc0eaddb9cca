/** The exact public surface of the built package, as ESM and through require(). */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createWhisperr } from "../../src/index.ts";

const load = createRequire(import.meta.url);

const SURFACE = {
  "@whisperr/node": ["channel", "closeOnSignal", "createMemoryOutbox", "createWhisperr", "currentWhisperr"],
  "@whisperr/node/express": ["userOfRequest", "whisperrExpress"],
  "@whisperr/node/sqlite": ["sqliteOutbox"],
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
  expect(Object.keys(exports)).toEqual([".", "./express", "./sqlite"]);
  for (const entry of Object.values(exports)) {
    expect(entry.import.default).toMatch(/\.js$/);
    expect(entry.require.default).toMatch(/\.cjs$/);
  }
});

test("the package needs no other package", () => {
  const manifest = load("../../package.json") as Record<string, unknown>;
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    expect(manifest[kind]).toBeUndefined();
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
