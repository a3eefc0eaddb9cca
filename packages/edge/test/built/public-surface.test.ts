/** The exact public surface of the built package. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";

vi.mock("next/server.js", () => ({ after() {} }));

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  exports: Record<string, { import: { types: string; default: string } }>;
  [field: string]: unknown;
};

const SURFACE: Record<string, string[]> = {
  ".": ["channel", "createMemoryOutbox", "createWhisperr"],
  "./cloudflare": [
    "WhisperrOutbox",
    "durableObjectOutbox",
    "queueOutbox",
    "whisperrQueueConsumer",
    "withWhisperr",
  ],
  "./vercel": ["createWhisperr"],
  "./next": ["createWhisperr"],
  "./hono": ["whisperr"],
  "./testing": ["assertIdentified", "assertTracked", "createTestWhisperr", "matchers"],
};

test("the entries are these", () => {
  expect(Object.keys(manifest.exports)).toEqual(Object.keys(SURFACE));
});

test.each(Object.entries(SURFACE))("%s exports this and nothing else", async (entry, exported) => {
  const file = manifest.exports[entry]?.import.default ?? "";
  const loaded = (await import(/* @vite-ignore */ new URL(`../../${file}`, import.meta.url).href)) as object;
  expect(Object.keys(loaded).sort()).toEqual(exported);
});

test("the package needs no other package; Next.js is the app's own", () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.optionalDependencies).toBeUndefined();
  expect(manifest.peerDependencies).toEqual({ next: ">=15.1.0" });
  expect(manifest.peerDependenciesMeta).toEqual({ next: { optional: true } });
});

test("a client has these methods and nothing else, disabled or not", async () => {
  const { createWhisperr } = await import("../../src/index.ts");
  const methods = ["flush", "forUser", "identify", "shutdown", "stats", "track"];
  const waitUntil = () => {};
  for (const options of [{ apiKey: "wrk_test" }, { disabled: true }]) {
    const whisperr = createWhisperr({ ...options, waitUntil });
    expect(Object.keys(whisperr).sort()).toEqual(methods);
    expect(Object.keys(whisperr.forUser("ada")).sort()).toEqual(["identify", "track"]);
  }
});
