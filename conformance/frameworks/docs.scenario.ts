/** The examples of FRAMEWORKS.md compile against the built package and the frameworks themselves, and are short. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asFiles, complaintsOf, examplesIn } from "../../packages/core/test/documents.ts";

const packageFolder = join(import.meta.dirname, "../../packages/node");
const page = readFileSync(join(packageFolder, "FRAMEWORKS.md"), "utf8");
const examples = examplesIn(page, "ts", "tsx");

/** What Nuxt generates for an app, as far as the examples import it. `apps/nuxt` is one that is built. */
const NUXT_IMPORTS = `declare module "#imports" {
  export function defineNuxtPlugin(plugin: (app: { readonly vueApp: import("vue").App }) => void): object;
  export function useRuntimeConfig(): { readonly public: { readonly whisperrKey: string } };
}
`;

test("the examples compile", () => {
  const files = {
    ...asFiles(examples),
    "nuxt-imports.d.ts": NUXT_IMPORTS,
    "package.json": JSON.stringify({ type: "module" }),
  };
  const settings = {
    // Astro and Vite say what import.meta.env is.
    types: ["node", "astro/client"],
    // NestJS has them.
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  };
  expect(complaintsOf(join(import.meta.dirname, "reports/examples"), files, settings)).toBe("");
  expect(examples.length).toBeGreaterThan(4);
});

test("the examples have fewer than 15 lines", () => {
  for (const code of examples) expect(code.trimEnd().split("\n").length, code).toBeLessThan(15);
});

test("the places where users are looked up are those of the code", () => {
  const source = readFileSync(join(packageFolder, "src/frameworks/users.ts"), "utf8");
  const [, list = ""] = /export const PLACES = \[([\s\S]*?)\]/.exec(source) ?? [];
  const places = [...list.matchAll(/"([^"]+)"/g)].map(([, place = ""]) => `\`${place}\``);
  expect(page.replaceAll("\n", " ")).toContain(places.join(", "));
});
