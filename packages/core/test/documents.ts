/** For tests of documents: the examples in one, a compiler for them, and what a table of options says. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveOptions } from "../src/resolve-options.ts";

const TSC = join(import.meta.dirname, "../../../node_modules/.bin/tsc");

/** The code in a document's blocks of these languages, in order. */
export function examplesIn(text: string, ...languages: readonly string[]): string[] {
  const blocks = new RegExp(`\`\`\`(?:${languages.join("|")})\n([\\s\\S]*?)\`\`\``, "g");
  return [...text.matchAll(blocks)].map(([, code = ""]) => code);
}

/**
 * What the compiler says of these files; empty when it says nothing. They replace what `folder` holds: one inside a package,
 * so that examples can import it by its own name.
 */
export function complaintsOf(
  folder: string,
  files: Readonly<Record<string, string>>,
  settings: object,
): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compilerOptions = { strict: true, noEmit: true, target: "ES2022", module: "NodeNext", ...settings };
  const all = { "tsconfig.json": JSON.stringify({ compilerOptions }), ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  const { stdout, stderr } = spawnSync(TSC, ["-p", folder], { encoding: "utf8" });
  return `${stdout}${stderr}`;
}

/** Examples as files: `example-0.tsx`, `example-1.tsx`, … */
export function asFiles(examples: readonly string[]): Record<string, string> {
  return Object.fromEntries(examples.map((code, index) => [`example-${index}.tsx`, code]));
}

/** The defaults in a table of options, by the option's name and without quotes. */
export function defaultsIn(text: string): Record<string, string> {
  const rows = [...text.matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)];
  return Object.fromEntries(
    rows.map(([, name = "", value = ""]) => [name, value.replaceAll(/[`"_]/g, "").trim()]),
  );
}

/** The defaults that hold, as a table shows them. `ofRuntime`: what differs between runtimes. */
export function resolvedDefaults(ofRuntime: Parameters<typeof resolveOptions>[1]): Record<string, string> {
  const { apiKey: _, backoff, ...others } = resolveOptions({ apiKey: "wrk_test" }, ofRuntime);
  return {
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)])),
    backoff: `{ baseMs: ${backoff.baseMs}, maxMs: ${backoff.maxMs} }`,
  };
}

/** The reasons that a README of a server SDK gives for what is dropped. */
export function reasonsIn(text: string): string[] {
  const list = /`reason` is one of ([\s\S]*?)\. What `beforeSend`/.exec(text)?.[1] ?? "";
  return [...list.replaceAll(/\([^)]*\)/g, "").matchAll(/`(\w+)`/g)].map(([, reason = ""]) => reason).sort();
}

/** Those that `onError` may hear from any server SDK. */
export function serverReasons(): string[] {
  const source = readFileSync(join(import.meta.dirname, "../src/errors.ts"), "utf8");
  const union = /type DropReason =([\s\S]*?);\n\n/.exec(source)?.[1] ?? "";
  const ofServers = [...union.matchAll(/\/\*\* (.*) \*\/\s+\| "(\w+)"/g)].filter(
    ([, about = ""]) => !/^(Client SDKs|Middleware)|not an error/.test(about),
  );
  return ofServers.map(([, , reason = ""]) => reason).sort();
}
