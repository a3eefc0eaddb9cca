/** What documents say of @whisperr/node is so: examples compile against the built packages, the table of options has the defaults. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  asFiles,
  complaintsOf,
  defaultsIn,
  examplesIn,
  reasonsIn,
  resolvedDefaults,
  serverReasons,
} from "../../core/test/documents.ts";

const repository = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(repository, file), "utf8");

/** Examples for other runtimes than Node are compiled where those are. */
const compiled = globSync(
  ["*.md", "docs/*.md", "{packages/{core,node},conformance,conformance/*}/README.md"],
  { cwd: repository },
);

/** What docs/testing.md tests. */
const CHECKOUT = `import type { Whisperr } from "@whisperr/node";
export declare function checkout(whisperr: Whisperr, user: string, order: object): Promise<void>;`;

test("the examples compile", () => {
  const examples = compiled.flatMap((file) => examplesIn(read(file), "ts"));
  const files = { ...asFiles(examples), "checkout.ts": CHECKOUT };
  expect(complaintsOf(join(import.meta.dirname, "../reports/examples"), files, { types: ["node"] })).toBe("");
  expect(examples.length).toBeGreaterThan(4);
});

test("the table of options gives the defaults that hold", () => {
  expect(defaultsIn(read("packages/node/README.md"))).toMatchObject(
    resolvedDefaults({ maxQueueSize: 10_000 }),
  );
});

test("the README gives every reason for which operations may be dropped", () => {
  expect(reasonsIn(read("packages/node/README.md"))).toEqual([...serverReasons(), "no_user"].sort());
});
