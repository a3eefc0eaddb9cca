/**
 * The suite is tested here: SDKs that are broken on purpose, each of which a named case has to catch, for the reason
 * it is there for. The SDK as it is passes the same cases.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Case } from "../case.ts";
import { loadCases, loadSubjects } from "../load.ts";
import type { ReportedResult } from "../report/run-report.ts";
import { type ControlServer, startControlServer } from "../runner/control-server.ts";
import { runSubject } from "../runner/run-subject.ts";
import type { Subject } from "../subject.ts";
import { buildDriver, buildSdk } from "./build.ts";
import type { Edit } from "./defect.ts";
import { defects } from "./defects.ts";

const folder = join(import.meta.dirname, "..", "..");
const cases = new Map(loadCases(folder).map((theCase) => [theCase.id, theCase]));
const node26 = loadSubjects(folder).find(({ name }) => name === "node26");

let control: ControlServer;
let built: string;

beforeAll(async () => {
  control = await startControlServer();
  built = await mkdtemp(join(tmpdir(), "whisperr-broken-"));
  await buildDriver(join(built, "driver.mjs"));
});

afterAll(async () => {
  await control.close();
  await rm(built, { recursive: true });
});

function caseCalled(id: string): Case {
  const found = cases.get(id);
  if (!found) throw new Error(`there is no case ${id}`);
  return found;
}

async function run(name: string, edits: readonly Edit[], ids: readonly string[]): Promise<ReportedResult[]> {
  if (!node26) throw new Error("subjects/node26.json is gone");
  const file = join(built, `${name}.mjs`);
  await buildSdk(file, edits);
  const subject: Subject = {
    ...node26,
    name,
    command: process.execPath,
    args: [join(built, "driver.mjs"), file],
  };
  const { results } = await runSubject(subject, ids.map(caseCalled), { folder, control, onResult: () => {} });
  return results;
}

test("each defect has a name of its own and a case that catches it", () => {
  expect(new Set(defects.map(({ name }) => name)).size).toBe(defects.length);
  expect(defects.filter(({ caughtBy }) => Object.keys(caughtBy).length === 0)).toEqual([]);
});

test("the SDK as it is passes every case that catches a broken one", async () => {
  const ids = new Set(defects.flatMap(({ caughtBy }) => Object.keys(caughtBy)));
  const results = await run("unbroken", [], [...ids]);
  expect(results.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(results).toHaveLength(ids.size);
});

describe.concurrent("is caught", () => {
  test.for(defects)("$name: $breaks", async ({ name, edits, caughtBy }, { expect }) => {
    const results = await run(name, edits, Object.keys(caughtBy));
    for (const { case: id, verdict, problems } of results) {
      expect(verdict, id).toBe("failed");
      expect(problems.join("\n"), id).toMatch(caughtBy[id] ?? "");
    }
  });
});

test("a defect whose place in the source is gone fails to build", async () => {
  const gone: Edit = { file: "core/src/events/wire.ts", text: "nobody wrote this", by: "" };
  await expect(buildSdk(join(built, "gone.mjs"), [gone])).rejects.toThrow(
    "should hold this once, not 0 times",
  );
  const nowhere: Edit = { file: "core/src/nowhere.ts", text: "a", by: "b" };
  await expect(buildSdk(join(built, "nowhere.mjs"), [nowhere])).rejects.toThrow("is no part of the SDK");
});
