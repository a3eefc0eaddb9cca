/** The examples of FRAMEWORKS.md compile against the built package and the frameworks themselves, and are short. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const packageFolder = join(import.meta.dirname, "../../packages/node");
const page = readFileSync(join(packageFolder, "FRAMEWORKS.md"), "utf8");
const examples = [...page.matchAll(/```(ts|tsx)\n([\s\S]*?)```/g)].map(([, kind = "", code = ""]) => ({
  kind,
  code,
}));

/** What Nuxt generates for an app, as far as the examples import it. `apps/nuxt` is one that is built. */
const NUXT_IMPORTS = `declare module "#imports" {
  export function defineNuxtPlugin(plugin: (app: { readonly vueApp: import("vue").App }) => void): object;
  export function useRuntimeConfig(): { readonly public: { readonly whisperrKey: string } };
}
`;

test("the examples compile", () => {
  const folder = join(import.meta.dirname, "reports/examples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, { kind, code }] of examples.entries())
    writeFileSync(join(folder, `${index}.${kind}`), code);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "ES2022",
    module: "NodeNext",
    // Astro and Vite say what import.meta.env is.
    types: ["node", "astro/client"],
    // NestJS has them.
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  };
  writeFileSync(join(folder, "nuxt-imports.d.ts"), NUXT_IMPORTS);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["*.ts", "*.tsx"] }),
  );
  const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
  const compile = () => execFileSync(tsc, ["-p", folder], { encoding: "utf8", stdio: "pipe" });
  expect(compile).not.toThrow();
  expect(examples.length).toBeGreaterThan(4);
});

test("the examples have fewer than 15 lines", () => {
  for (const { code } of examples) expect(code.trimEnd().split("\n").length, code).toBeLessThan(15);
});

test("the places where users are looked up are those of the code", () => {
  const source = readFileSync(join(packageFolder, "src/frameworks/users.ts"), "utf8");
  const [, list = ""] = /export const PLACES = \[([\s\S]*?)\]/.exec(source) ?? [];
  const places = [...list.matchAll(/"([^"]+)"/g)].map(([, place = ""]) => `\`${place}\``);
  expect(page.replaceAll("\n", " ")).toContain(places.join(", "));
});
