/** Compiles a small app that installed the built package, as strictly as TypeScript can, in a folder of its own. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const require = createRequire(import.meta.url);
const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(dirname(require.resolve("@typescript/native/package.json")), "bin", "tsc");

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // Declarations of packages are checked like the app's own code: that is what these tests are about.
  skipLibCheck: false,
  noEmit: true,
  target: "ES2022",
  lib: ["ES2022"],
  types: [] as string[],
};

export interface App {
  /** `main.ts` is an ES module, `main.cts` is CommonJS. */
  readonly file: "main.ts" | "main.cts";
  readonly source: string;
  readonly moduleResolution?: "nodenext" | "bundler";
  /** Packages of types to install beside the SDK, such as `@types/express`. */
  readonly typePackages?: readonly string[];
}

/** What the compiler says, one error a line; empty when it says nothing. */
export async function compile(app: App): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "whisperr-consumer-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await install(folder, app.typePackages ?? []);

  const moduleResolution = app.moduleResolution ?? "nodenext";
  const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, module, moduleResolution }, files: [app.file] }),
  );
  await writeFile(join(folder, app.file), app.source);

  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: folder }, (error, stdout) => {
      resolve(error === null ? "" : `${stdout}${stdout === "" ? String(error) : ""}`);
    });
  });
}

/** A copy of what npm would install: a link would let the compiler find the repository's other packages. */
async function install(folder: string, typePackages: readonly string[]): Promise<void> {
  const sdk = join(folder, "node_modules", "@whisperr", "node");
  await cp(join(packageFolder, "dist"), join(sdk, "dist"), { recursive: true });
  await cp(join(packageFolder, "package.json"), join(sdk, "package.json"));
  await mkdir(join(folder, "node_modules", "@types"), { recursive: true });
  for (const name of typePackages) {
    await symlink(join(packageFolder, "node_modules", name), join(folder, "node_modules", name));
  }
}
