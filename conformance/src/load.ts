/** Reads cases and subjects and checks them against their schemas: a misspelt key must not pass as "nothing to check". */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";
import { faultSchema } from "./api/index.ts";
import type { Case, CaseFile, Step } from "./case.ts";
import { nearest } from "./nearest.ts";
import { CALL_NAMES, type Capability, type WireValue } from "./protocol.ts";
import type { ReportedCase } from "./report/run-report.ts";
import { callsOf } from "./runner/known-calls.ts";
import type { Subject, SubjectFile } from "./subject.ts";
import { UsageError } from "./usage-error.ts";

/** In the order of their file names, and within a file as written. Throws UsageError on anything invalid or twice. */
export function loadCases(folder: string): ReportedCase[] {
  const valid = schema<CaseFile>(folder, CASES_SCHEMA);
  const files = jsonFiles(join(folder, "cases")).map(({ path, data }) => ({
    path,
    file: check(valid, data, path),
  }));
  const cases = files.flatMap(({ path, file }) =>
    file.cases.map((theCase) => completed(theCase, file, basename(path))),
  );
  checkEach(cases);
  return cases;
}

/** Cases from elsewhere (`path`), such as the report of an earlier run. Throws UsageError like loadCases. */
export function checkCases(folder: string, cases: readonly ReportedCase[], path: string): void {
  const own = cases.map(({ file: _file, about: _about, ...theCase }) => theCase);
  check(schema<CaseFile>(folder, CASES_SCHEMA), { about: `the cases of ${path}`, cases: own }, path);
  checkEach(cases);
}

/** What the schema cannot say. */
function checkEach(cases: readonly Case[]): void {
  const ids = new Set<string>();
  for (const theCase of cases) {
    if (ids.has(theCase.id)) throw new UsageError(`case id ${theCase.id} is there twice`);
    ids.add(theCase.id);
    checkText(theCase);
    checkFaults(theCase);
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

/** Throws UsageError on anything invalid. */
export function loadSubjects(folder: string): Subject[] {
  const valid = schema<SubjectFile>(folder, "subjects.schema.json");
  return jsonFiles(join(folder, "subjects")).map(({ path, data }) => caseByCase(check(valid, data, path)));
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

/** Faults are the API's language, so the API's own schema checks them. */
function checkFaults({ id, server = {}, steps }: Case): void {
  const standing = server.default ? [server.default] : [];
  for (const fault of [...(server.script ?? []), ...standing, ...steps.flatMap(faultsOf)]) {
    const { error } = faultSchema.safeParse(fault);
    if (error)
      throw new UsageError(`case ${id}: not a fault: ${JSON.stringify(fault)}: ${z.prettifyError(error)}`);
  }
}

function faultsOf(step: Step): unknown[] {
  if ("play" in step) return step.play;
  return "default" in step && step.default !== null ? [step.default] : [];
}

/** What a case uses, it must say it needs: otherwise a runtime without it fails for the wrong reason. */
function checkNeeds({ id, client, steps, expect, needs = [] }: Case): void {
  const text = JSON.stringify([client, steps, expect]);
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
        steps.some((step) => "elsewhere" in step) ||
        text.includes('"outlives":'),
    ],
    ["process-exit", steps.some((step) => "exit" in step)],
    ["server-api", steps.some(isForServersOnly) && !needs.includes("client")],
    ["client", steps.some(isForClientsOnly)],
    ["javascript-values", /"\$value":"(bigint|symbol|revoked-proxy|throwing-|to-json|map)/.test(text)],
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
  return (
    "reload" in step ||
    "elsewhere" in step ||
    callsOf(step).some((call) => names.some((name) => call[name] !== undefined))
  );
}

/** Others refer to it by this name, for the capabilities. */
const CASES_SCHEMA = "cases.schema.json";

function schema<T>(folder: string, file: string): ValidateFunction<T> {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, verbose: true });
  ajv.addSchema(readJson(join(folder, CASES_SCHEMA)) as object, CASES_SCHEMA);
  return file === CASES_SCHEMA
    ? (ajv.getSchema<T>(CASES_SCHEMA) as ValidateFunction<T>)
    : ajv.compile<T>(readJson(join(folder, file)) as object);
}

function check<T>(valid: ValidateFunction<T>, data: unknown, path: string): T {
  if (valid(data)) return data;
  const problems = (valid.errors ?? []).map((error) => `${error.instancePath} ${problemOf(error)}`);
  throw new UsageError(`${path} does not match its schema:\n  ${problems.join("\n  ")}`);
}

/** A misspelt word is named, with the one that was probably meant. */
function problemOf({ keyword, message, params, data, parentSchema }: ErrorObject): string {
  if (keyword === "enum" && typeof data === "string")
    return `there is no "${data}"${nearest(data, params.allowedValues as string[])}`;
  if (keyword === "additionalProperties") {
    const name = params.additionalProperty as string;
    return `there is no "${name}"${nearest(name, Object.keys(parentSchema?.properties ?? {}))}`;
  }
  return `${message} ${JSON.stringify(params)}`;
}

function jsonFiles(folder: string): { path: string; data: unknown }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => {
    const path = join(folder, name);
    return { path, data: readJson(path) };
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
