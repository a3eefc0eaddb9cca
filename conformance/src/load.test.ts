import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadCases, loadSubjects } from "./load.ts";

const folder = join(import.meta.dirname, "..");

describe("what is shipped", () => {
  test("every case is valid, and each section of the contract has some", () => {
    const cases = loadCases(folder);
    expect(cases.length).toBeGreaterThanOrEqual(45);
    const sections = new Set(cases.map(({ clause }) => clause[0]));
    for (const section of "1234578") expect(sections).toContain(section);
  });

  test("known failures name cases that exist", () => {
    const ids = new Set(loadCases(folder).map(({ id }) => id));
    const known = loadSubjects(folder).flatMap(({ knownFailures }) => knownFailures);
    expect(known.filter((failure) => !ids.has(failure.case))).toEqual([]);
  });
});

describe("what is refused", () => {
  const made: string[] = [];
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true });
  });

  function folderWith(theCase: object): string {
    const path = mkdtempSync(join(tmpdir(), "cases-"));
    made.push(path);
    mkdirSync(join(path, "cases"));
    const source = { about: "a file for a test", cases: [theCase] };
    writeFileSync(join(path, "cases", "one.json"), JSON.stringify(source));
    writeFileSync(join(path, "cases.schema.json"), schemaText());
    return path;
  }

  const valid = { id: "a.b", title: "a valid case", clause: "2.x", level: "must", steps: [], expect: {} };

  test("nothing, for a valid case", () => {
    expect(loadCases(folderWith(valid))).toHaveLength(1);
  });

  test.each([
    ["a misspelt expectation", { ...valid, expect: { request: [] } }],
    ["an unknown step", { ...valid, steps: [{ sleep: 100 }] }],
    ["an unknown value", { ...valid, steps: [{ track: ["u", "e", { $value: "surprise" }] }] }],
    ["an unknown fault", { ...valid, server: { script: [{ kind: "explode" }] } }],
    ["an undeclared need", { ...valid, steps: [{ advance: 100 }] }],
    ["an unknown capability", { ...valid, needs: ["telepathy"] }],
  ])("%s", (_what, theCase) => {
    expect(() => loadCases(folderWith(theCase))).toThrow(
      /does not match its schema|not a fault|without needing/,
    );
  });
});

function schemaText(): string {
  return readFileSync(join(folder, "cases.schema.json"), "utf8");
}
