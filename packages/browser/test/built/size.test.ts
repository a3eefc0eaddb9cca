/** The size budget: what every visitor of every customer downloads. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundleSize } from "./bundle-size.ts";

/**
 * Bytes, minified and gzipped, for an app that calls `createWhisperr`. The goals are 10,900, 11,500, and 9,000
 * for the slim entry: these keep it from growing until then.
 */
const LIMITS = [
  ["production", "@whisperr/browser", 23_200],
  ["development", "@whisperr/browser", 26_100],
  ["production", "@whisperr/browser/slim", 19_945],
] as const;

test.each(LIMITS)("an app with the %s build of %s pays %i bytes at most", async (mode, from, limitBytes) => {
  const [built, source] = await Promise.all([
    bundleSize("built", mode, from),
    bundleSize("source", mode, from),
  ]);
  const table = source.modules.map(([file, bytes]) => `${String(bytes).padStart(6)}  ${file}`).join("\n");
  console.log(
    `${from}, ${mode}: ${built.gzipBytes} bytes gzipped, ${built.minifiedBytes} minified, of which\n${table}`,
  );
  expect(source.gzipBytes).toBeGreaterThan(1000);
  expect(built.gzipBytes).toBeLessThanOrEqual(limitBytes);
});

const scriptBytes = () =>
  gzipSync(readFileSync(new URL("../../dist/whisperr.iife.js", import.meta.url)), { level: 9 }).length;

test("a page with the script tag pays no more than today", () => {
  expect(scriptBytes()).toBeLessThanOrEqual(23_940);
});

test("the README says what it costs", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toMatch(
    new RegExp(`\\| the script tag +\\| ${Math.ceil(scriptBytes() / 100) / 10} kB +\\|`),
  );
  for (const from of ["@whisperr/browser", "@whisperr/browser/slim"] as const) {
    const { gzipBytes } = await bundleSize("built", "production", from);
    const [, kilobytes] = new RegExp(`\\| \`${from}\` +\\| ([\\d.]+) kB`).exec(readme) ?? [];
    expect(Number(kilobytes), from).toBe(Math.ceil(gzipBytes / 100) / 10);
  }
});

test.each(["index", "slim"])("a page loads %s.js, and no other file unless it is needed", (name) => {
  const main = readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), "utf8");
  expect(main).not.toMatch(/(?:from|import) ?["']/);
});

test("the slim entry holds no code of what it leaves out", async () => {
  const { modules } = await bundleSize("source", "production", "@whisperr/browser/slim");
  const names = modules.map(([file]) => file.split("/").at(-1));
  expect(names).toContain("tab-queue.ts");
  for (const name of ["push-token.ts", "device-hold.ts", "views.ts", "context.ts", "durable-storage.ts"])
    expect(names).not.toContain(name);
});

test("the production build is the smaller one, and the one that bundlers take by themselves", async () => {
  const [production, development] = await Promise.all([
    bundleSize("built", "production"),
    bundleSize("built", "development"),
  ]);
  expect(production.gzipBytes).toBeLessThan(development.gzipBytes - 300);
});
