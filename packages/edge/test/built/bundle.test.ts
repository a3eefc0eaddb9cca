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

/**
 * Bytes, minified and gzipped: kept from growing. The goals are 8,500 for a client of all requests, and 5,500 for those of
 * one request each; core alone takes most of either.
 */
const APPS = [
  ["one client for all requests", APP, 15_033],
  [
    "a client per request, on Cloudflare",
    `import { withWhisperr } from "@whisperr/edge/cloudflare";
     export default { fetch: withWhisperr(() => new Response(), (env) => ({ apiKey: env.KEY })) };`,
    14_441,
  ],
  [
    "a client per request, in Hono",
    `import { whisperr } from "@whisperr/edge/hono";
     export const middleware = whisperr((c) => ({ apiKey: c.env.KEY }));`,
    14_343,
  ],
] as const;

test.each(APPS)("an app with %s pays no more bytes than today", async (name, source, limitBytes) => {
  const app = await bundleApp(source);
  const { length } = gzipSync(app, { level: 9 });
  console.log(`${name}: ${length} bytes gzipped, ${app.length} minified`);
  expect(length).toBeGreaterThan(1000);
  expect(length).toBeLessThanOrEqual(limitBytes);
});

test("the README says what it costs", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const said = [...readme.matchAll(/\| (\d+(?:\.\d)?) kB +\|/g)].map(([, kilobytes]) => Number(kilobytes));
  const measured = APPS.map(async ([, source]) => gzipSync(await bundleApp(source), { level: 9 }).length);
  expect(said).toEqual((await Promise.all(measured)).map((bytes) => Math.ceil(bytes / 100) / 10));
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
    expect(others).toEqual(entry === "next" ? ["next/server.js"] : []);
  },
);
