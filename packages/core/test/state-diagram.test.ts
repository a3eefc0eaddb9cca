import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { compareDiagram, stateDiagram, writeDiagram } from "./state-diagram.ts";

test("the diagram in ARCHITECTURE.md is what the transition table does; npm run docs writes it", () => {
  const { found, expected } = compareDiagram();

  expect(found).toBe(expected);
});

test("the diagram shows the edges that matter", () => {
  const lines = stateDiagram().split("\n");

  expect(lines).toContain("  sending --> unauthorized: auth");
  expect(lines).toContain("  sending --> backoff: retry");
  expect(lines).toContain("  throttled --> sending: timerFired");
  expect(lines.filter((line) => line.startsWith("  stopped"))).toEqual(["  stopped --> [*]"]);
});

test("writing replaces what is between the markers and nothing else; writing twice changes nothing", () => {
  const file = join(mkdtempSync(join(tmpdir(), "diagram-")), "document.md");
  writeFileSync(file, "before\n<!-- state-diagram:start -->\nold\n<!-- state-diagram:end -->\nafter\n");
  const document = pathToFileURL(file);

  writeDiagram(document);
  const once = readFileSync(file, "utf8");
  writeDiagram(document);

  expect(once).toMatch(/^before\n<!-- state-diagram:start -->\n```mermaid\nstateDiagram-v2\n/);
  expect(once).toMatch(/\n```\n<!-- state-diagram:end -->\nafter\n$/);
  expect(readFileSync(file, "utf8")).toBe(once);
});

test("a document without the markers is refused", () => {
  const file = join(mkdtempSync(join(tmpdir(), "diagram-")), "document.md");
  writeFileSync(file, "no markers");

  expect(() => compareDiagram(pathToFileURL(file))).toThrow("lacks");
});
