/** The exact public surface of the built package, as ESM and through require(). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import { transform } from "esbuild";
import { describe, expect, it, test } from "vitest";

const load = createRequire(import.meta.url);
const built = (name: string) => readFileSync(new URL(`../../dist/${name}`, import.meta.url), "utf8");

const SURFACE = {
  "@whisperr/browser": ["channel", "createWhisperr"],
  "@whisperr/browser/angular": ["Whisperr", "provideWhisperr"],
  "@whisperr/browser/compat": ["Whisperr", "WhisperrClient", "default"],
  "@whisperr/browser/react": ["WhisperrProvider", "useWhisperr"],
  "@whisperr/browser/single": ["channel", "createWhisperr"],
  "@whisperr/browser/slim": ["channel", "createWhisperr"],
  "@whisperr/browser/svelte": ["provideWhisperr", "useWhisperr"],
  "@whisperr/browser/testing": ["assertIdentified", "assertTracked", "createTestWhisperr", "matchers"],
  "@whisperr/browser/vue": ["WhisperrPlugin", "useWhisperr"],
  "@whisperr/browser/worker": ["channel", "createWhisperr"],
};

const METHODS = [
  "flush",
  "identify",
  "optIn",
  "optOut",
  "page",
  "reset",
  "setPushPermission",
  "setPushToken",
  "shutdown",
  "stats",
  "track",
];

test.each(Object.entries(SURFACE))("%s exports this and nothing else, both ways", async (name, exported) => {
  const imported = (await import(/* @vite-ignore */ name)) as object;
  expect(Object.keys(imported).sort()).toEqual(exported);
  expect(Object.keys(load(name) as object).sort()).toEqual(exported);
});

test("the package needs no other package, and a framework only for its own entry", () => {
  const manifest = load("../../package.json") as Record<string, unknown>;
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest.peerDependencies).toEqual({
    "@angular/core": ">=17",
    react: ">=18",
    svelte: ">=5",
    vue: ">=3",
  });
  const optional = { optional: true };
  expect(manifest.peerDependenciesMeta).toEqual({
    "@angular/core": optional,
    react: optional,
    svelte: optional,
    vue: optional,
  });
});

/** Those of the slim entry. */
const SLIM_METHODS = METHODS.filter((name) => !name.startsWith("setPush"));

describe("on a server", () => {
  it.each([
    ["@whisperr/browser", "imported", METHODS],
    ["@whisperr/browser", "required", METHODS],
    ["@whisperr/browser/slim", "imported", SLIM_METHODS],
    ["@whisperr/browser/slim", "required", SLIM_METHODS],
  ])("the client of %s does nothing, %s", async (name, how, methods) => {
    const { createWhisperr } = (
      how === "imported" ? await import(name) : load(name)
    ) as typeof import("../../src/index.ts");
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      fetch: () => Promise.reject(new Error("no request")),
    });
    expect(Object.keys(whisperr).sort()).toEqual(methods);
    whisperr.identify("ada");
    whisperr.track("plan_viewed");
    whisperr.page();
    expect(await whisperr.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(await whisperr.reset()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(whisperr.stats()).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
    expect(await whisperr.shutdown()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });
});

describe("the built files", () => {
  it.each(["react.js", "react.cjs"])("%s says first that it runs on clients", (name) => {
    expect(built(name)).toMatch(/^("use strict";)?"use client";/);
  });

  it.each(["worker.js", "worker.cjs"])("%s is one file, for workers may load no other", (name) => {
    expect(built(name)).not.toMatch(/\bimport\b|\brequire\(/);
  });

  it.each([
    ["react", 1000],
    ["compat", 3500],
  ] as const)("%s holds no second copy of the SDK", (name, limit) => {
    expect(built(`${name}.js`)).toContain('from"./index.js"');
    expect(built(`${name}.cjs`)).toContain('require("./index.cjs")');
    expect(built(`${name}.js`).length).toBeLessThan(limit);
  });

  it("stands in for the script in ES5, which is all that tag managers take", async () => {
    const { code } = await transform(built("loader.js"), { target: "es5" });
    expect(code).toContain("whisperr");
  });

  it("keeps a thousand events, and what a person chose after them", () => {
    const window = {} as { whisperr: { q: unknown[] } & Record<string, () => void> };
    runInNewContext(built("loader.js"), { window });
    const call = (method: string) => window.whisperr[method]?.();
    for (let i = 0; i < 600; i++) {
      call("track");
      call("page");
    }
    for (const choice of ["optOut", "reset", "identify"]) call(choice);
    expect(window.whisperr.q).toHaveLength(1003);
  });

  it("stands in for the script with 400 bytes at most", () => {
    expect(built("loader.js").trim().length).toBeLessThanOrEqual(400);
  });

  it.each([
    "index.js",
    "index.cjs",
    "slim.js",
    "slim.cjs",
    "worker.js",
    "worker.cjs",
    "whisperr.iife.js",
    "loader.js",
  ])("%s evaluates no text as code", (name) => {
    expect(built(name)).not.toMatch(/\beval\b|\bFunction\(|javascript:|innerHTML|document\.write/);
  });
});
