/** What the README names must exist: examples compile against the built package, the table matches the source. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  asFiles,
  complaintsOf,
  defaultsIn,
  examplesIn,
  resolvedDefaults,
} from "../../core/test/documents.ts";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const read = (relative: string) => readFileSync(path(relative), "utf8");
const readme = read("README.md");
const workers = read("WORKERS.md");

it("has examples that compile", () => {
  const examples = [readme, workers].flatMap((text) => examplesIn(text, "ts", "tsx"));
  const settings = { jsx: "react-jsx", types: [] };
  expect(complaintsOf(path("reports/examples"), asFiles(examples), settings)).toBe("");
  expect(examples).toHaveLength(4);
});

it("shows the loader as it is built, and calls that it knows", () => {
  const [tags = ""] = examplesIn(readme, "html");
  const loader = read("dist/loader.js").trim();
  expect(tags).toContain(`<script>${loader}</script>`);
  for (const [, method = ""] of tags.matchAll(/whisperr\.(\w+)\(/g))
    expect(loader).toContain(` ${method} `.trim());
});

it("gives the defaults that hold in its table of options", () => {
  const [, options = ""] = /## Options\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const defaults = resolvedDefaults({ maxQueueSize: 1000, maxQueueBytes: 5_242_880 });
  expect(defaultsIn(options)).toMatchObject(defaults);
});

it("names every key that is stored, and no other", () => {
  const keysIn = (text: string) => [...text.matchAll(/\| `([^`]+)` +\| /g)].map(([, key]) => key);
  const [, stored = ""] = /## What is stored\n([\s\S]*?)\n## /.exec(readme) ?? [];
  expect(keysIn(stored)).toEqual(keysIn(read("src/storage/keys.ts")));
  expect(keysIn(stored)).toHaveLength(9);
});

const optionsIn = (file: string, name: string) => {
  const [, body = ""] =
    new RegExp(`export interface ${name}[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(read(file)) ?? [];
  return body;
};

it("says of workers which keys they store, and how long they are waited for", () => {
  const [, stored = ""] = /## What is stored\n([\s\S]*)$/.exec(workers) ?? [];
  const keys = read("src/storage/keys.ts") + read("src/storage/prefixes.ts");
  for (const [, key = ""] of stored.matchAll(/`([a-z]+\.?)`/g))
    if (key !== "memory") expect(keys).toContain(`"${key}"`);
  expect(read("src/worker/waiting-calls.ts")).toContain("MAX_OPEN_MS = 2000");
  expect(read("src/page/lifecycle.ts")).toContain("SCAN_EVERY_MS = 15_000");
});

it("says of every option of the main entry alone that the slim one leaves it out", () => {
  const leftOut = /^## Slim$([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
  const namesIn = (body: string) =>
    [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = ""]) => name);
  const slim = [
    "maxQueueSize",
    "maxQueueBytes",
    "flushAtStart",
    ...namesIn(optionsIn("src/slim.ts", "SlimOptions")),
  ];
  const missing = namesIn(optionsIn("src/options.ts", "BrowserOptions")).filter(
    (name) => !slim.includes(name),
  );
  expect(missing).toHaveLength(6);
  for (const name of missing) expect(leftOut).toContain(`\`${name}\``);
});

it("names every reason for a drop", () => {
  const [, union = ""] = /export type DropReason =([\s\S]*?);\n/.exec(read("../core/src/errors.ts")) ?? [];
  const reasons = [...union.matchAll(/^ {2}\| "(\w+)"/gm)].map(([, reason = ""]) => reason);
  expect(reasons.length).toBeGreaterThan(15);
  // Where there is no outbox of the app's, and no request of somebody else's.
  for (const reason of reasons.filter((one) => !["outbox_failed", "no_user"].includes(one)))
    expect(readme).toContain(`\`${reason}\``);
});

it("stays short, for its entries and a script tag", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(194);
});
