import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkKnownFailures, loadCases, loadSubjects } from "./load.ts";
import { schemaFiles } from "./schemas.ts";
import { UsageError } from "./usage-error.ts";

const folder = join(import.meta.dirname, "..");
const shipped = loadCases(folder);

describe("what is shipped", () => {
  test("every case is valid, and each section of the contract has some", () => {
    expect(shipped.length).toBeGreaterThanOrEqual(45);
    const sections = new Set(shipped.map(({ clause }) => clause[0]));
    for (const section of "12345678") expect(sections).toContain(section);
  });

  test("every capability that a case needs is one that some subject has", () => {
    const needed = new Set(shipped.flatMap(({ needs = [] }) => needs));
    const offered = new Set(loadSubjects(folder).flatMap(({ capabilities }) => capabilities));
    expect([...needed].filter((need) => !offered.has(need))).toEqual([]);
  });

  test.each(Object.entries(schemaFiles))("%s is what is checked (npm run docs)", (name, text) => {
    expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  });

  test("known failures name cases that exist", () => {
    expect(() => checkKnownFailures(loadSubjects(folder), shipped)).not.toThrow();
  });
});

describe("what is refused", () => {
  const made: string[] = [];
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true });
  });

  function folderWith(theCase: object, ofAll: object = {}): string {
    const path = mkdtempSync(join(tmpdir(), "cases-"));
    made.push(path);
    mkdirSync(join(path, "cases"));
    const source = { about: "a file for a test", ...ofAll, cases: [theCase] };
    writeFileSync(join(path, "cases", "one.json"), JSON.stringify(source));
    return path;
  }

  const valid = { id: "a.b", title: "a valid case", clause: "2.x", level: "must", steps: [], expect: {} };

  function folderWithSubject(changes: object): string {
    const path = mkdtempSync(join(tmpdir(), "subjects-"));
    made.push(path);
    mkdirSync(join(path, "subjects"));
    const mine = {
      name: "mine",
      title: "Mine",
      command: "mine",
      args: [],
      capabilities: ["virtual-time"],
      knownFailures: [],
    };
    writeFileSync(join(path, "subjects", "mine.json"), JSON.stringify({ ...mine, ...changes }));
    return path;
  }

  test.each<[string, object, RegExp]>([
    [
      "a case that is a known failure for two reasons",
      {
        knownFailures: ["It drops on 401.", "It never retries."].map((reason) => ({
          reason,
          cases: ["a.b"],
        })),
      },
      /lists a\.b twice/,
    ],
    [
      "a misspelt capability",
      { capabilities: ["virtual-time", "hold-answer"] },
      /mine\.json .*\n✖ capabilities\[1\]: there is no "hold-answer"; the nearest is "hold-answers"$/,
    ],
    ["a misspelt key", { knownFailure: [] }, /there is no "knownFailure"; the nearest is "knownFailures"/],
  ])("%s", (_what, changes, words) => {
    expect(() => loadSubjects(folderWithSubject(changes))).toThrow(UsageError);
    expect(() => loadSubjects(folderWithSubject(changes))).toThrow(words);
  });

  test("two subjects of one name, as of a copy that is not renamed yet", () => {
    const path = folderWithSubject({});
    const subjects = join(path, "subjects");
    copyFileSync(join(subjects, "mine.json"), join(subjects, "yours.json"));
    expect(() => loadSubjects(path)).toThrow(UsageError);
    expect(() => loadSubjects(path)).toThrow(/yours\.json: another file has the name "mine"/);
  });

  test("a known failure of no case", () => {
    const knownFailures = [{ reason: "It never retries.", cases: ["retry.statuses", "retry.status"] }];
    const subjects = loadSubjects(folderWithSubject({ knownFailures }));
    const check = () => checkKnownFailures(subjects, shipped);
    expect(check).toThrow(UsageError);
    expect(check).toThrow(
      'subjects/mine.json: knownFailures: there is no case "retry.status"; the nearest is "retry.statuses"',
    );
  });

  test("nothing, for a valid case", () => {
    expect(loadCases(folderWith(valid))).toHaveLength(1);
  });

  test("what a file says of all its cases holds for each, unless it says otherwise", () => {
    const own = { ...valid, needs: ["console"], client: { options: { flushAt: 5 } } };
    const ofAll = { needs: ["client"], options: { flushAt: 1, pageViews: false } };
    const [loaded] = loadCases(folderWith(own, ofAll));
    expect(loaded?.needs).toEqual(["client", "console"]);
    expect(loaded?.client).toEqual({ options: { flushAt: 5, pageViews: false } });
  });

  test.each([
    ["a misspelt expectation", { ...valid, expect: { request: [] } }],
    ["an unknown step", { ...valid, steps: [{ sleep: 100 }] }],
    ["an unknown value", { ...valid, steps: [{ track: ["u", "e", { $value: "surprise" }] }] }],
    ["an unknown fault", { ...valid, server: { script: [{ kind: "explode" }] } }],
    ["an undeclared need", { ...valid, steps: [{ advance: 100 }] }],
    ["a call that only clients have", { ...valid, steps: [{ optOut: [] }] }],
    [
      "a page that only browsers have",
      { ...valid, needs: ["client"], steps: [{ elsewhere: [{ track: ["e"] }] }] },
    ],
    ["a second client in a process", { ...valid, steps: [{ elsewhere: [{ track: ["u", "e"] }] }] }],
    ["a signal nobody gives", { ...valid, needs: ["client"], steps: [{ signal: "online" }] }],
    ["what only a page can tell", { ...valid, expect: { requests: [{ outlives: true }] } }],
    ["a user id no client can know", { ...valid, steps: [{ track: [null, "e"] }] }],
    ["a user the client is bound to", { ...valid, steps: [{ forUser: "u", track: ["e"] }] }],
    ["an unknown capability", { ...valid, needs: ["telepathy"] }],
    [
      "half a surrogate pair, which some languages cannot read",
      { ...valid, steps: [{ track: ["u", "\ud83d"] }] },
    ],
    ["half a surrogate pair in a key", { ...valid, steps: [{ track: ["u", "e", { "a\udc00": 1 }] }] }],
  ])("%s", (_what, theCase) => {
    expect(() => loadCases(folderWith(theCase))).toThrow(
      /does not match its schema|without needing|lone-surrogate/,
    );
  });

  test.each([
    [
      { steps: [{ advanced: 100 }] },
      'there is no step "advanced"; the nearest is "advance"\n  → at cases[0].steps[0]',
    ],
    [{ steps: [{ flush: "f", hold: true }] }, "is more than one step: flush, hold"],
    [{ steps: [{ advance: "soon" }] }, "advance: Invalid input: expected number, received string"],
    [{ steps: [{ track: [{ $value: "surprise" }] }] }, 'a value that no driver knows: "surprise"'],
    [{ steps: [{ calls: [{ track: [], identify: [] }] }] }, "is more than one call: track, identify"],
    [{ server: { script: [{ kind: "status", status: 200 }] } }, "at cases[0].server.script[0].status"],
  ])("in words that say where and what: %j", (part, words) => {
    expect(() => loadCases(folderWith({ ...valid, ...part }))).toThrow(words);
  });
});
