/** What the documents name must exist: examples compile against the built package, the table matches the source. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const read = (relative: string) => readFileSync(path(relative), "utf8");
const examples = (file: string) =>
  [...read(file).matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

/** What an app on Cloudflare has from `wrangler types`. */
const ENVIRONMENT = `
  interface Env {
    readonly WHISPERR_API_KEY: string;
    readonly WHISPERR_QUEUE: { sendBatch(messages: Iterable<{ body: unknown; contentType: "json" }>): Promise<unknown> };
    readonly WHISPERR_OUTBOX: {
      idFromName(name: string): object;
      get(id: object): { fetch(url: string, init: { method: "POST"; body: string }): Promise<Response> };
    };
  }
  declare module "cloudflare:workers" {
    export const env: Env;
    export function waitUntil(promise: Promise<unknown>): void;
  }
`;

test("the examples compile", () => {
  // Inside the package, so that it can be imported by its own name.
  const folder = path("reports/examples/");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const all = ["README.md", "OUTBOXES.md"].flatMap(examples);
  for (const [index, code] of all.entries()) writeFileSync(`${folder}${index}.ts`, code);
  writeFileSync(`${folder}environment.d.ts`, ENVIRONMENT);
  // Next.js' own declarations expect more of a project than the examples do.
  const lenient = { types: [], skipLibCheck: true };
  const compilerOptions = { strict: true, noEmit: true, target: "ES2022", module: "NodeNext", ...lenient };
  writeFileSync(`${folder}tsconfig.json`, JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = path("../../node_modules/.bin/tsc");
  expect(() => execFileSync(tsc, ["-p", folder], { encoding: "utf8", stdio: "pipe" })).not.toThrow();
  expect(all).toHaveLength(10);
});

test("the option table gives the defaults that hold", () => {
  const rows = [...read("README.md").matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)].map(
    ([, name = "", value = ""]) => [name, value.replaceAll(/[`_]/g, "").trim()] as const,
  );
  const source = read("src/options.ts").replaceAll("_", "");
  const defaults = Object.fromEntries(rows);
  expect(source).toContain(`const COALESCINGMS = ${defaults.flushIntervalMs};`);
  expect(source).toContain(`const BACKOFF = ${defaults.backoff};`);
  expect(source).toContain(`const TIMEOUTMS = ${defaults.waitUntilTimeoutMs};`);
});
