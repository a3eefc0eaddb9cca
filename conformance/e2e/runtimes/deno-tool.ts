/** Deno's own tools on the package: what they say, and whether they are content. */
import { execFile } from "node:child_process";
import { join } from "node:path";

const e2e = join(import.meta.dirname, "..");
export const denoPackage = join(e2e, "..", "..", "packages", "deno");

export interface Verdict {
  readonly exit: number;
  /** Standard output and error. */
  readonly output: string;
}

export function runDeno(args: readonly string[], cwd: string): Promise<Verdict> {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(join(e2e, "node_modules/deno/deno"), args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}
