/** Test runners, by their own commands: what an app's tests import is the package as it is published. */
import { join } from "node:path";
import { delivers } from "../proof.ts";
import { run } from "../run.ts";
import { type Consumer, KEY } from "./consumer.ts";

export const testRunners: readonly Consumer[] = [
  runner("Jest", "jest", ["jest"]),
  runner("Vitest", "vitest", ["vitest", "run"]),
];

function runner(name: string, template: string, [tool = "", ...args]: readonly string[]): Consumer {
  return {
    name,
    template,
    packages: ["@whisperr/node"],
    async prove(project, proofs) {
      await delivers(proofs, "@whisperr/node", async (api) => {
        const env = { API_URL: api.url, WHISPERR_API_KEY: KEY };
        await run(join(project.folder, "node_modules", ".bin", tool), args, { cwd: project.folder, env });
      });
    },
  };
}
