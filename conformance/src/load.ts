/** Reads cases and subjects and checks them against their schemas: a misspelt key must not pass as "nothing to check". */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { type Case, type CaseFile, caseFile, type Step } from "./case.ts";
import { messageOf } from "./message-of.ts";
import { nearest } from "./nearest.ts";
import { CALL_NAMES, type Capability, type WireValue } from "./protocol.ts";
import type { ReportedCase } from "./report/run-report.ts";
import { callsOf } from "./runner/known-calls.ts";
import { type Subject, type SubjectFile, subjectFile } from "./subject.ts";
import { UsageError } from "./usage-error.ts";

/** In the order of their file names, and within a file as written. Throws UsageError on anything invalid or twice. */
export function loadCases(folder: string): ReportedCase[] {
  const files = jsonFiles(join(folder, "cases")).map(({ path, data }) => ({
    path,
    file: check(caseFile, data, path),
  }));
  const cases = files.flatMap(({ path, file }) =>
    file.cases.map((theCase) => completed(theCase, file, basename(path))),
  );
  checkEach(cases);
  return cases;
}

/** Cases from elsewhere (`path`), such as the report of an earlier run. Throws UsageError like loadCases. */
export function checkCases(cases: readonly ReportedCase[], path: string): void {
  const own = cases.map(({ file: _file, about: _about, ...theCase }) => theCase);
  check(caseFile, { about: `the cases of ${path}`, cases: own }, path);
  checkEach(cases);
}

/** What a schema cannot say. */
function checkEach(cases: readonly Case[]): void {
  const ids = new Set<string>();
  for (const theCase of cases) {
    if (ids.has(theCase.id)) throw new UsageError(`case id ${theCase.id} is there twice`);
    ids.add(theCase.id);
    checkText(theCase);
    checkNeeds(theCase);
  }
}

/** JSON can write half a surrogate pair, but parsers of several languages refuse the whole command for it. */
function checkText(theCase: Case): void {
  JSON.stringify(theCase, (key, value: unknown) => {
    if (key.isWellFormed() && (typeof value !== "string" || value.isWellFormed())) return value;
    throw new UsageError(`case ${theCase.id}: write half a surrogate pair as { "$value": "lone-surrogate" }`);
  });
}

/** With what its file says for all its cases. */
function completed(theCase: Case, { about, needs, options }: CaseFile, file: string): ReportedCase {
  const client = { ...theCase.client, options: { ...options, ...theCase.client?.options } };
  return {
    ...theCase,
    ...(needs && { needs: [...new Set([...needs, ...(theCase.needs ?? [])])] }),
    ...(options && { client }),
    file,
    about,
  };
}

/** Throws UsageError on anything invalid or twice. */
export function loadSubjects(folder: string, subjectsFolder = join(folder, "subjects")): Subject[] {
  const names = new Set<string>();
  return jsonFiles(subjectsFolder).map(({ path, data }) => {
    const file = check(subjectFile, data, path);
    // As of a copy that is not renamed yet: whatever is reported by name, a replay too, would mix the two up.
    if (names.has(file.name)) throw new UsageError(`${path}: another file has the name "${file.name}"`);
    names.add(file.name);
    return caseByCase(file);
  });
}

function caseByCase(file: SubjectFile): Subject {
  const knownFailures = file.knownFailures.flatMap(({ reason, cases }) =>
    cases.map((id) => ({ case: id, reason })),
  );
  const ids = knownFailures.map((failure) => failure.case);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw new UsageError(`${file.name} lists ${twice} twice as a known failure`);
  return { ...file, knownFailures } as Subject;
}

/** Throws UsageError when a subject lists a case that does not exist: it would stay on the list for ever. */
export function checkKnownFailures(subjects: readonly Subject[], cases: readonly Case[]): void {
  const ids = cases.map(({ id }) => id);
  for (const { name, knownFailures } of subjects) {
    const unknown = knownFailures.find((failure) => !ids.includes(failure.case));
    if (unknown)
      throw new UsageError(
        `subjects/${name}.json: knownFailures: there is no case "${unknown.case}"${nearest(unknown.case, ids)}`,
      );
  }
}

/** What a case uses, it must say it needs: otherwise a runtime without it fails for the wrong reason. */
function checkNeeds({ id, client, steps, expect, needs = [] }: Case): void {
  const text = JSON.stringify([client, steps, expect]);
  const usesElsewhere = steps.some((step) => "elsewhere" in step || "close" in step);
  const uses: [Capability, boolean][] = [
    [
      "virtual-time",
      steps.some((step) => "advance" in step || "jump" in step) || client?.clockFractionMs !== undefined,
    ],
    ["hold-answers", steps.some((step) => "hold" in step)],
    ["signals", steps.some((step) => "signal" in step)],
    [
      "page",
      client?.privacy !== undefined ||
        (needs.includes("client") && usesElsewhere) ||
        text.includes('"outlives":'),
    ],
    [
      "wait-until",
      client?.waitUntil !== undefined || steps.some((step) => "during" in step) || text.includes('"holds":'),
    ],
    ["several-clients", !needs.includes("client") && usesElsewhere],
    ["process-exit", steps.some((step) => "exit" in step)],
    ["server-api", steps.some(isForServersOnly) && !needs.includes("client")],
    ["client", steps.some(isForClientsOnly)],
    [
      "javascript-values",
      /"\$value":"(bigint|symbol|revoked-proxy|throwing-|to-json|map)|"of":"returns-promise"|"later":true/.test(
        text,
      ),
    ],
  ];
  const missing = uses.filter(([need, used]) => used && !needs.includes(need)).map(([need]) => need);
  if (missing.length > 0) throw new UsageError(`case ${id} uses ${missing.join(", ")} without needing it`);
}

/** A user id that a client SDK could not know, or a client bound to one user. */
function isForServersOnly(step: Step): boolean {
  const isUser = (id: WireValue | undefined) =>
    (typeof id === "string" && id !== "") || (typeof id === "object" && id !== null && "prefix" in id);
  return callsOf(step).some(
    (call) => "forUser" in call || (call.track !== undefined && !isUser(call.track[0])),
  );
}

function isForClientsOnly(step: Step): boolean {
  const names = CALL_NAMES.filter((name) => name !== "track" && name !== "identify");
  return "reload" in step || callsOf(step).some((call) => names.some((name) => call[name] !== undefined));
}

function check<T>(schema: z.ZodType<T>, data: unknown, path: string): T {
  const { data: checked, error } = schema.safeParse(data, { error: misspelt });
  if (error) throw new UsageError(`${path} does not match its schema:\n${z.prettifyError(error)}`);
  return checked as T;
}

/** A misspelt word is named, with the one that was probably meant. */
function misspelt(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_value" && typeof issue.input === "string")
    return `there is no "${issue.input}"${nearest(issue.input, issue.values.map(String))}`;
  if (issue.code !== "unrecognized_keys") return undefined;
  const known = Object.keys(issue.inst instanceof z.ZodObject ? issue.inst.shape : {});
  return issue.keys.map((key) => `there is no "${key}"${nearest(key, known)}`).join("; ");
}

function jsonFiles(folder: string): { path: string; data: unknown }[] {
  const names = readable(folder, (path) => readdirSync(path)).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => {
    const path = join(folder, name);
    return { path, data: readJson(path) };
  });
}

/** Throws UsageError when it cannot be read. */
export function readJson(path: string): unknown {
  return readable(path, () => JSON.parse(readFileSync(path, "utf8")) as unknown);
}

function readable<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
