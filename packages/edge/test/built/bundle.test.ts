/** The built package inside an app: what it costs, and what it reaches for. */
import { readFileSync } from "node:fs";
import { createContext, Script } from "node:vm";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundleApp } from "./app-bundle.ts";

const APP = `
  import { createWhisperr } from "@whisperr/edge";
  globalThis.whisperr = createWhisperr({ apiKey: "wrk_test", waitUntil() {} });
`;

/** Bytes, minified and gzipped. The goal is 3,500, of which core alone takes more: this keeps it from growing until then. */
const LIMIT_BYTES = 11_700;

test(`an app that makes a client pays ${LIMIT_BYTES} bytes at most`, async () => {
  const app = await bundleApp(APP);
  const { length } = gzipSync(app, { level: 9 });
  console.log(`${length} bytes gzipped, ${app.length} minified`);
  expect(length).toBeGreaterThan(1000);
  expect(length).toBeLessThanOrEqual(LIMIT_BYTES);
});

test("it loads, and makes a client, where there is nothing but the language", async () => {
  const world: { whisperr?: { stats(): unknown } } = createContext({});
  new Script(Buffer.from(await bundleApp(APP, "iife")).toString()).runInContext(world);
  expect(world.whisperr?.stats()).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
});

/** Of Node, and ways to run text. */
const FOREIGN =
  /\b(?:process\.(?!env\b|\?)|Buffer\b|require\(|__dirname|setImmediate|eval\(|new Function)|["']node:/;

test.each(["index", "cloudflare", "vercel", "next", "hono"])(
  "%s reaches no module and no global of Node",
  async (entry) => {
    const name = entry === "index" ? "@whisperr/edge" : `@whisperr/edge/${entry}`;
    const app = await bundleApp(`import * as all from "${name}"; globalThis.all = all;`);
    expect(Buffer.from(app).toString()).not.toMatch(FOREIGN);
    const built = readFileSync(new URL(`../../dist/${entry}.js`, import.meta.url), "utf8");
    const imported = [...built.matchAll(/from ?["']([^"']+)["']/g)].map(([, from]) => from);
    const others = imported.filter((from) => !from?.startsWith("./"));
    expect(others).toEqual(entry === "next" ? ["next/server"] : []);
  },
);
