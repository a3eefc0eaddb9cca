/**
 * The tables of options in the packages' READMEs, made of the declarations: names, doc comments and `@default`, as an editor
 * shows them. `--write` writes them; a test fails when they are out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { table, withPart } from "../conformance/src/facts/document.ts";

const repository = join(import.meta.dirname, "..");

interface Place {
  readonly readme: string;
  readonly declaredIn: string;
  readonly type: string;
  /** Only what the file declares itself: another document says what it shares with others. */
  readonly ownOnly?: boolean;
  /** Where a document has several tables, its marks carry the name of the type. */
  readonly isOneOfMany?: true;
}

/** Middleware of @whisperr/node. */
const framework = (name: string, type: string, ownOnly = false): Place => ({
  readme: "packages/node/FRAMEWORKS.md",
  declaredIn: `packages/node/src/${name}.ts`,
  type,
  ownOnly,
  isOneOfMany: true,
});

const PLACES: readonly Place[] = [
  {
    readme: "packages/node/README.md",
    declaredIn: "packages/node/src/create-whisperr.ts",
    type: "NodeOptions",
  },
  {
    readme: "packages/deno/README.md",
    declaredIn: "packages/deno/src/create-whisperr.ts",
    type: "DenoOptions",
  },
  {
    readme: "packages/browser/README.md",
    declaredIn: "packages/browser/src/options.ts",
    type: "BrowserOptions",
  },
  {
    readme: "packages/browser/WORKERS.md",
    declaredIn: "packages/browser/src/worker.ts",
    type: "WorkerOptions",
    ownOnly: true,
    isOneOfMany: true,
  },
  {
    readme: "packages/edge/README.md",
    declaredIn: "packages/edge/src/options.ts",
    type: "WhisperrEdgeOptions",
    ownOnly: true,
  },
  framework("express", "ExpressOptions"),
  framework("fastify", "FastifyOptions"),
  framework("koa", "KoaOptions"),
  framework("hono", "HonoOptions"),
  framework("react-router", "ReactRouterOptions"),
  framework("sveltekit", "SvelteKitOptions"),
  framework("astro", "AstroOptions"),
  framework("nitro", "NitroOptions"),
  framework("nestjs/options", "WhisperrModuleOptions", true),
  framework("lambda", "LambdaOptions", true),
];

export interface Readme {
  readonly file: string;
  readonly text: string;
  /** With its tables made anew. */
  readonly expected: string;
}

export function readmes(): Readme[] {
  const program = ts.createProgram({
    rootNames: PLACES.map(({ declaredIn }) => join(repository, declaredIn)),
    options: {
      customConditions: ["@whisperr/source"],
      module: ts.ModuleKind.NodeNext,
      lib: ["lib.es2024.d.ts"],
      target: ts.ScriptTarget.ESNext,
      types: [],
    },
  });
  return [...new Set(PLACES.map(({ readme }) => readme))].map((readme) => {
    const file = join(repository, readme);
    const text = readFileSync(file, "utf8");
    const places = PLACES.filter((place) => place.readme === readme);
    return { file, text, expected: places.reduce((made, place) => withTable(program, place, made), text) };
  });
}

function withTable(program: ts.Program, place: Place, text: string): string {
  const name = place.isOneOfMany ? `options of ${place.type}` : "options";
  return withPart(text, name, `\n${tableOf(program, place)}\n`);
}

function tableOf(program: ts.Program, { declaredIn, type, ownOnly }: Place): string {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(repository, declaredIn));
  const declared = source?.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === type);
  if (declared === undefined) throw new Error(`${declaredIn} declares no ${type}`);
  const isShown = (option: ts.Symbol) =>
    !ownOnly || option.declarations?.some((one) => one.getSourceFile() === source);
  const options = checker.getPropertiesOfType(checker.getTypeAtLocation(declared)).filter(isShown);
  // First what nobody can do without, wherever it is declared.
  const rows = [...options]
    .sort((one, other) => Number(other.name === "apiKey") - Number(one.name === "apiKey"))
    .map((option) => [`\`${option.name}\``, defaultOf(option, checker), described(option, checker)]);
  return table(["Option", "Default", ""], rows);
}

function defaultOf(option: ts.Symbol, checker: ts.TypeChecker): string {
  const said = option.getJsDocTags(checker).find(({ name }) => name === "default");
  const text = oneLine(ts.displayPartsToString(said?.text));
  return /^(?:\d|true$|false$|["{])/.test(text) ? `\`${text}\`` : text;
}

function described(option: ts.Symbol, checker: ts.TypeChecker): string {
  const text = oneLine(ts.displayPartsToString(option.getDocumentationComment(checker)));
  if (text === "") throw new Error(`${option.name} has no doc comment`);
  return text;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

if (import.meta.main && process.argv.includes("--write"))
  for (const { file, expected } of readmes()) writeFileSync(file, expected);
