/** What the documents name must exist: examples compile against the built package, the table matches the source. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { asFiles, complaintsOf, defaultsIn, examplesIn } from "../../core/test/documents.ts";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const read = (relative: string) => readFileSync(path(relative), "utf8");

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
  const examples = ["README.md", "OUTBOXES.md"].flatMap((file) => examplesIn(read(file), "tsx"));
  const files = { ...asFiles(examples), "environment.d.ts": ENVIRONMENT };
  // Next.js' own declarations expect more of a project than the examples do.
  const lenient = { types: [], skipLibCheck: true };
  expect(complaintsOf(path("reports/examples"), files, lenient)).toBe("");
  expect(examples).toHaveLength(10);
});

test("the option table gives the defaults that hold", () => {
  const source = read("src/options.ts").replaceAll("_", "");
  const defaults = defaultsIn(read("README.md"));
  expect(source).toContain(`const COALESCINGMS = ${defaults.flushIntervalMs};`);
  expect(source).toContain(`const BACKOFF = ${defaults.backoff};`);
  expect(source).toContain(`const TIMEOUTMS = ${defaults.waitUntilTimeoutMs};`);
});
