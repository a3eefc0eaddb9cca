/** Reads cases and subjects and checks them against their schemas: a misspelt key must not pass as "nothing to check". */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { faultSchema } from "./api/index.ts";
import type { Case, CaseFile, Step } from "./case.ts";
import { CALL_NAMES, type Capability, type WireValue } from "./protocol.ts";
import type { ReportedCase } from "./report/run-report.ts";
import { callsOf } from "./runner/known-calls.ts";
import type { Subject, SubjectFile } from "./subject.ts";
import { UsageError } from "./usage-error.ts";

/** In the order of their file names, and within a file as written. Throws UsageError on anything invalid or twice. */
export function loadCases(folder: string): ReportedCase[] {
  const valid = schema<CaseFile>(join(folder, "cases.schema.json"));
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
  check(
    schema<CaseFile>(join(folder, "cases.schema.json")),
    { about: `the cases of ${path}`, cases: own },
    path,
  );
  checkEach(cases);
}

/** What the schema cannot say. */
function checkEach(cases: readonly Case[]): void {
  const ids = new Set<string>();
  for (const theCase of cases) {
    if (ids.has(theCase.id)) throw new UsageError(`case id ${theCase.id} is there twice`);
    ids.add(theCase.id);
    checkFaults(theCase);
    checkNeeds(theCase);
  }
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
  const valid = schema<SubjectFile>(join(folder, "subjects.schema.json"));
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

/** Faults are the API's language, so the API's own schema checks them. */
function checkFaults({ id, server = {}, steps }: Case): void {
  const standing = server.default ? [server.default] : [];
  for (const fault of [...(server.script ?? []), ...standing, ...steps.flatMap(faultsOf)]) {
    const { error } = faultSchema.safeParse(fault);
    if (error) throw new UsageError(`case ${id}: not a fault: ${JSON.stringify(fault)}: ${error.message}`);
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

function schema<T>(path: string): ValidateFunction<T> {
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<T>(
    JSON.parse(readFileSync(path, "utf8")),
  );
}

function check<T>(valid: ValidateFunction<T>, data: unknown, path: string): T {
  if (valid(data)) return data;
  const problems = (valid.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
  throw new UsageError(`${path} does not match its schema:\n  ${problems.join("\n  ")}`);
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
