/** The examples of docs/testing.md, as files of a project. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(import.meta.dirname, "../../docs/testing.md"), "utf8");
const examples = [...page.matchAll(/```(?:ts|js)\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

/** The one example that has all of these in it. */
function example(...marks: string[]): string {
  const found = examples.filter((code) => marks.every((mark) => code.includes(mark)));
  if (found.length !== 1)
    throw new Error(`docs/testing.md has ${found.length} examples with ${marks.join(", ")}`);
  return found[0] as string;
}

const SERVER = '"@whisperr/node/testing"';

/** For runners with `test` and `expect`: what they call Vitest's module, or undefined where both are globals. */
export function docsTests(runner: string | undefined): string {
  const checkout = example(SERVER, "createTestWhisperr()", "tracked(", 'from "vitest"');
  const matchers = example(SERVER, "expect.extend(matchers)");
  const { imports, body } = parts(example(SERVER, "api.fail(503"));
  const all = [
    ...new Set([...parts(checkout).imports, ...parts(matchers).imports, ...imports]),
    parts(checkout).body,
    parts(matchers).body,
    'test("the matchers", async () => {',
    "const whisperr = createTestWhisperr();",
    'await checkout(whisperr, "user_8842", { card: "declined" });',
    'expect(whisperr).toHaveTracked("payment_failed", { amount_cents: expect.any(Number) });',
    'expect(whisperr).not.toHaveTracked("payment_failed", { amount_cents: 1 });',
    'expect(whisperr).toHaveIdentified("user_8842");',
    'expect(() => whisperr.track("user_8842", "Not A Name")).toThrow("lowercase_snake_case");',
    "});",
    `test("from end to end", async () => {\n${said(body)}\n});`,
  ].join("\n");
  return merged(
    runner === undefined
      ? all.replaceAll(/^import .* from "vitest";$/gm, "")
      : all.replaceAll('"vitest"', `"${runner}"`),
  );
}

/** For node:test. */
export const nodeDocsTest = (): string => example(SERVER, 'from "node:test"');

/** The environment that gives Jest's jsdom the platform's fetch. */
export const jestEnvironment = (): string => example("jest-environment-jsdom");

function parts(code: string): { readonly imports: readonly string[]; readonly body: string } {
  const lines = code.split("\n");
  const isImport = (line: string) => line.startsWith("import ");
  return { imports: lines.filter(isImport), body: lines.filter((line) => !isImport(line)).join("\n") };
}

/** What an example says that it prints. */
const said = (code: string): string =>
  code.replaceAll(/console\.log\((.*)\); \/\/ (.*)/g, 'expect([$1].join(" ")).toBe("$2");');

/** A name that two examples import is imported once. */
function merged(code: string): string {
  const seen = new Set<string>();
  return code.replaceAll(/^import \{(.*)\} from (".*");$/gm, (_, names: string, from: string) => {
    const fresh = names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    return fresh.length > 0 ? `import { ${fresh.join(", ")} } from ${from};` : "";
  });
}
