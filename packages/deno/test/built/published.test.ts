/** What is published on npm and on JSR: one file, the same in both. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { fakeDeno, stubProcessEvents } from "../fake-deno.ts";

const read = (relative: string) => readFileSync(new URL(`../../${relative}`, import.meta.url), "utf8");
const manifest = JSON.parse(read("package.json"));
const jsr = JSON.parse(read("deno.json"));

test("it exports these values and nothing else", async () => {
  vi.stubGlobal("Deno", fakeDeno());
  stubProcessEvents();
  const { href } = new URL("../../dist/index.js", import.meta.url);
  const names = ["channel", "createMemoryOutbox", "createWhisperr", "openKvOutbox"];
  expect(Object.keys(await import(/* @vite-ignore */ href)).sort()).toEqual(names);
});

test("it has one name and one version on npm and on JSR", () => {
  expect(jsr).toMatchObject({ name: manifest.name, version: manifest.version, license: manifest.license });
});

test("it is the same file in both, and says where its types are", () => {
  expect(jsr.exports).toBe(manifest.exports["."].default);
  expect(read("dist/index.js").split("\n", 1)).toEqual(['/* @ts-self-types="./index.d.ts" */']);
});

test("it needs no other package, and reaches nothing but Deno and the web platform", () => {
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"])
    expect(manifest[kind]).toBeUndefined();
  // Asked for, and done without where it is not there.
  const optional = 'process?.getBuiltinModule?.("node:async_hooks")';
  expect(read("dist/index.js").replace(optional, "")).not.toMatch(
    /^import\b|\bimport\(|\brequire\(|\bprocess\.|\bBuffer\.|node:/m,
  );
});
