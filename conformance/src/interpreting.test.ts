/** INTERPRETING.md is all that a driver's author has: complete, and true. And the driver that was written from it works. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { faultSchema } from "./api/index.ts";
import { caseFile } from "./case.ts";
import { CLIENTS, EDGE, PROCESSES, SERVER_AND_CLIENT } from "./facts/options.ts";
import { REASONS } from "./facts/reasons.ts";
import { usedOptions, usedReasons, withTables } from "./facts/tables.ts";
import { loadCases, loadSubjects } from "./load.ts";
import { CALL_NAMES, CLOSING } from "./protocol.ts";
import { whyAbsent } from "./runner/start-subject.ts";
import { subjectFile } from "./subject.ts";

const folder = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const page = read("INTERPRETING.md");
const protocol = read("src/protocol.ts");

/** What of a schema file is looked at here. */
interface CasesSchema {
  $defs: {
    capability: { enum: string[] };
    taggedValue: { properties: { $value: { enum: string[]; description: string } } };
    step: { anyOf: { properties?: object }[] };
    expectations: { properties: object };
    request: { properties: object };
    server: { properties: object };
    client: { properties: object };
  };
}

const schema = JSON.parse(read("cases.schema.json")) as CasesSchema;
const { $defs } = schema;
const commands = [...protocol.matchAll(/\bdo: "([a-z]+)"/g)].map(([, name]) => name ?? "");

/** Fields of an interface of the protocol. */
function fieldsOf(name: string): string[] {
  const body = new RegExp(`export interface ${name} \\{([^}]*)\\}`).exec(protocol)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field ?? "");
}

/** Names that the page never writes as `name` nor as a key of an example. */
function undescribed(names: readonly string[]): string[] {
  return names.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`"${name}"`));
}

describe("complete", () => {
  test("the protocol is read the way this test believes", () => {
    expect(commands).toHaveLength(19);
    expect(fieldsOf("Idle")).toEqual(["inFlight", "held", "unheard", "requests", "span", "nextTimerInMs"]);
  });

  test.each([
    ["calls", [...CALL_NAMES, "forUser", "repeat"]],
    ["capabilities", $defs.capability.enum],
    ["tagged values", $defs.taggedValue.properties.$value.enum],
    ["answers", ["Created", "Collected", "Idle", "Observation", "Holds", "Leftovers"].flatMap(fieldsOf)],
    ["steps", $defs.step.anyOf.flatMap(({ properties }) => Object.keys(properties ?? {}))],
    [
      "expectations",
      [$defs.expectations, $defs.request].flatMap(({ properties }) => Object.keys(properties)),
    ],
    ["setups", [$defs.server, $defs.client].flatMap(({ properties }) => Object.keys(properties))],
    [
      "faults",
      [...read("src/api/fault.ts").matchAll(/kind: z\.literal\("([^"]+)"/g)].map(([, kind]) => kind ?? ""),
    ],
    [
      "patterns",
      [...read("src/runner/pattern.ts").matchAll(/case "(\$[a-zA-Z]+)"/g)].map(([, name]) => name ?? ""),
    ],
  ])("%s are all described", (_what, names) => {
    expect(names.length).toBeGreaterThan(4);
    expect(undescribed(names)).toEqual([]);
  });

  test("every command has a paragraph of its own and an example with its fields", () => {
    expect(commands.filter((name) => !page.includes(`**\`${name}\`**`))).toEqual([]);
    const shown = new Set(examples().map((example) => example.do));
    expect(commands.filter((name) => !shown.has(name))).toEqual([]);
    const fields = [
      "form",
      "options",
      "nowMs",
      "clockFractionMs",
      "again",
      "privacy",
      "waitUntil",
      "onError",
      "twice",
      "elsewhere",
      "during",
      "name",
      "timeoutMs",
      "exitCode",
    ];
    expect(undescribed([...fields, CLOSING])).toEqual([]);
  });

  test("every callback of the app is described", () => {
    const { description } = $defs.taggedValue.properties.$value;
    const callbacks = /callback \(`of`: ([^)]*)\)/.exec(description)?.[1]?.split(", ") ?? [];
    expect(callbacks.length).toBeGreaterThan(4);
    expect(undescribed(callbacks)).toEqual([]);
  });
});

describe("what cases expect of an SDK", () => {
  const cases = loadCases(folder);

  test.each([
    ["options", { ...SERVER_AND_CLIENT, ...PROCESSES, ...EDGE, ...CLIENTS }, cases.flatMap(usedOptions)],
    ["reasons", REASONS, cases.flatMap(usedReasons)],
  ])("the %s that cases use are explained, and no others", (_what, facts, used) => {
    expect(Object.keys(facts).sort()).toEqual([...new Set(used)].sort());
  });

  test("its tables are what `node src/facts/tables.ts --write` writes", () => {
    expect(page).toBe(withTables(page, cases));
  });

  test("each count of an error that cases want is explained: of a call that goes on without a part, too", () => {
    const counts = (theCase: object) => JSON.stringify(theCase).match(/"reason":"\w+","count":0/g) ?? [];
    const partly = cases.filter((theCase) => counts(theCase).length > 0).map(({ id }) => id);
    expect(partly).not.toEqual([]);
    expect(undescribed(partly)).toEqual([]);
  });

  test("the cases it names are there", () => {
    const ids = cases.map(({ id }) => id);
    const themes = new Set(ids.map((id) => id.split(".")[0]));
    const named = [...page.matchAll(/`([a-z-]+)\.([a-z0-9-]+)`/g)].filter(([, theme]) =>
      themes.has(theme ?? ""),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, theme, name]) => `${theme}.${name}`).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe("true", () => {
  test("the version is the protocol's", () => {
    const version = /control protocol, version (\d+)/.exec(protocol)?.[1];
    expect(page).toContain(`**Control protocol, version ${version}.**`);
  });

  test("its examples are JSON, its commands and fields exist", () => {
    for (const example of examples()) {
      if ("do" in example) expect(commands).toContain(example.do);
      for (const key of Object.keys(example))
        expect(protocol + JSON.stringify(schema) + subjectSchema()).toContain(key);
    }
  });

  test("the example of a case and that of a subject are valid", () => {
    const theCase = examples().find((example) => "clause" in example);
    const subject = examples().find((example) => "knownFailures" in example);
    const server = theCase?.server as { script: unknown[] } | undefined;
    expect(server?.script.map((fault) => faultSchema.safeParse(fault).success)).toEqual([true]);
    expect(caseFile.safeParse({ about: "the page's example", cases: [theCase] }).error).toBeUndefined();
    expect(subjectFile.safeParse(subject).error).toBeUndefined();
  });

  test("the files it names are there", () => {
    const named = [
      ...page.matchAll(/`((?:sdks|src|python|subjects)\/[\w./-]+|\w+\.schema\.json|CONTRACT\.md)`/g),
    ];
    const paths = named.map(([, path]) => path ?? "");
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  });
});

describe("the Python subject", () => {
  const python = loadSubjects(folder).find(({ name }) => name === "python");

  test("is absent where its command is, which CI does not accept", async () => {
    const mine = { ...python, command: "no-such-command", args: [] } as NonNullable<typeof python>;
    expect(await whyAbsent(mine)).toBe("no-such-command is not on PATH");
    expect(await whyAbsent({ ...mine, command: "node" })).toBeUndefined();
  });

  test("keeps the checks of its own, where Python is", async ({ skip }) => {
    const absent = python && (await whyAbsent(python));
    if (absent !== undefined) {
      expect(process.env.CI, "it has to be there in CI").toBeUndefined();
      skip(`not run: ${absent}`);
    }
    const { status, stderr } = spawnSync("python3", ["-B", "python/test_minimal_sdk.py"], { cwd: folder });
    expect(`${status} ${stderr}`).toMatch(/^0 [\s\S]*\bOK\b/);
  });
});

/** The JSON objects of the page. */
function examples(): Record<string, unknown>[] {
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)];
  return blocks.map(([, text]) => JSON.parse(text ?? "") as Record<string, unknown>);
}

function subjectSchema(): string {
  return read("subjects.schema.json");
}
