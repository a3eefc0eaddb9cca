/** Compiles a small app that installed a built package, as strictly as TypeScript can, in a folder of its own. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const require = createRequire(import.meta.url);
const packages = join(import.meta.dirname, "..", "..", "..", "packages");
const tsc = join(dirname(require.resolve("@typescript/native/package.json")), "bin", "tsc");

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // Declarations of packages are checked like the app's own code: that is what these tests are about.
  skipLibCheck: false,
  noEmit: true,
  target: "ES2022",
  types: [] as string[],
};

/** For a test that compiles: a compiler run each, on a busy machine. */
export const COMPILE_LIMIT_MS = 240_000;

export interface App {
  /** The package's folder in `packages/`, and its name behind `@whisperr/`. */
  readonly sdk: string;
  /** `main.ts` is an ES module, `main.cts` is CommonJS. */
  readonly file?: "main.ts" | "main.cts";
  readonly source: string;
  readonly moduleResolution?: "nodenext" | "bundler";
  /** What the app's platform has; the language alone by default. */
  readonly lib?: readonly string[];
  /** Packages of types to install beside the SDK, such as `@types/express`. */
  readonly typePackages?: readonly string[];
}

/** What the compiler says, one error a line; empty when it says nothing. */
export async function compile(app: App): Promise<string> {
  const { sdk, source, file = "main.ts", moduleResolution = "nodenext", lib = ["ES2022"] } = app;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "whisperr-consumer-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await install(folder, sdk, app.typePackages ?? []);

  const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
  const options = { ...compilerOptions, lib, module, moduleResolution };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [file] }));
  await writeFile(join(folder, file), source);

  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: folder }, (error, stdout) => {
      resolve(error === null ? "" : `${stdout}${stdout === "" ? String(error) : ""}`);
    });
  });
}

/** A copy of what npm would install: a link would let the compiler find the repository's other packages. */
async function install(folder: string, name: string, typePackages: readonly string[]): Promise<void> {
  const from = join(packages, name);
  const to = join(folder, "node_modules", "@whisperr", name);
  for (const part of ["dist", "package.json"])
    await cp(join(from, part), join(to, part), { recursive: true });
  await mkdir(join(folder, "node_modules", "@types"), { recursive: true });
  for (const types of typePackages)
    await symlink(join(from, "node_modules", types), join(folder, "node_modules", types));
}
