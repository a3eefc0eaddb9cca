/** `npm run api`: the public surface of every entry, from the built declarations, as a page that a review can read. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const REPOSITORY = join(import.meta.dirname, "..");

interface Manifest {
  readonly name: string;
  readonly exports: Record<
    string,
    string | { readonly types?: string; readonly import?: { readonly types?: string } }
  >;
}

export interface Report {
  /** In the repository. */
  readonly file: string;
  readonly text: string;
}

export function apiReports(): Report[] {
  return globSync("packages/*/package.json", { cwd: REPOSITORY }).sort().map(reportOf);
}

function reportOf(manifestFile: string): Report {
  const folder = join(REPOSITORY, manifestFile, "..");
  const { name, exports } = JSON.parse(readFileSync(join(REPOSITORY, manifestFile), "utf8")) as Manifest;
  const entries = Object.entries(exports).flatMap(([path, targets]) => {
    const types = typeof targets === "string" ? undefined : (targets.types ?? targets.import?.types);
    return types === undefined ? [] : [{ title: join(name, path), declarations: join(folder, types) }];
  });
  const program = ts.createProgram(
    entries.map(({ declarations }) => declarations),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  );
  const sections = entries.map(({ title, declarations }) => {
    const source = program.getSourceFile(declarations);
    if (source === undefined) throw new Error(`${declarations} is not there: run npm run build first`);
    return `## ${title}\n\n\`\`\`ts\n${surfaceOf(source, program.getTypeChecker(), folder)}\n\`\`\`\n`;
  });
  const short = name.replace("@whisperr/", "");
  const head = `# The public surface of ${name}\n\nWritten by \`npm run api\` from what is built. A change here is a change for apps: it needs a changeset.\n`;
  return { file: `docs/api/${short}.md`, text: [head, ...sections].join("\n") };
}

/** What the entry exports, by name; then what that refers to and nobody can import. */
function surfaceOf(source: ts.SourceFile, checker: ts.TypeChecker, folder: string): string {
  const module = checker.getSymbolAtLocation(source);
  if (module === undefined) return "";
  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolved(symbol, checker)]),
  );
  const listed = new Set(exported.values());
  const hidden = new Map<string, ts.Symbol>();
  const queue = [...listed];
  for (let symbol = queue.pop(); symbol !== undefined; symbol = queue.pop()) {
    for (const other of referredTo(symbol, checker, folder)) {
      if (listed.has(other)) continue;
      listed.add(other);
      hidden.set(other.name, other);
      queue.push(other);
    }
  }
  const texts = (symbols: Map<string, ts.Symbol>) =>
    [...symbols].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, symbol]) => textOf(name, symbol));
  const rest = hidden.size === 0 ? [] : ["// Named by the above, not exported.", ...texts(hidden)];
  return [...texts(exported), ...rest].join("\n\n");
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function referredTo(symbol: ts.Symbol, checker: ts.TypeChecker, folder: string): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const named = checker.getSymbolAtLocation(node);
      const target = named && resolved(named, checker);
      if (target?.declarations?.some((declaration) => isOwn(declaration, folder))) found.push(target);
    }
    ts.forEachChild(node, visit);
  };
  symbol.declarations?.forEach(visit);
  return found;
}

/** A declaration of the package itself, at the top of a file. */
function isOwn(declaration: ts.Declaration, folder: string): boolean {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return (
    ts.isSourceFile(statement.parent) && declaration.getSourceFile().fileName.startsWith(join(folder, "dist"))
  );
}

const printer = ts.createPrinter({ removeComments: true });

function textOf(name: string, symbol: ts.Symbol): string {
  const declarations = symbol.declarations ?? [];
  const texts = declarations.map((declaration) => {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
  });
  const alias = symbol.name === name ? [] : [`// as ${name}`];
  return [...alias, ...texts].join("\n");
}

if (import.meta.main) {
  for (const { file, text } of apiReports()) {
    mkdirSync(join(REPOSITORY, file, ".."), { recursive: true });
    writeFileSync(join(REPOSITORY, file), text);
    console.log(file);
  }
}
