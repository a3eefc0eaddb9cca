/** Node.js in its five versions, Bun and Deno: a program that tracks, and ends. */
import { join } from "node:path";
import type { Project } from "../project.ts";
import { delivers, loads } from "../proof.ts";
import { run } from "../run.ts";
import { type Consumer, KEY } from "./consumer.ts";

const BIN = join(import.meta.dirname, "..", "..", "node_modules");

const PROGRAMS = {
  "@whisperr/node": ["node.mjs", "node.cjs"],
  "@whisperr/edge": ["edge.mjs", "edge.cjs"],
  "@whisperr/core": ["core.mjs"],
};
/** While a server renders, the browser's package does nothing, and says nothing. */
const RENDERED = ["browser.mjs", "browser.cjs"];

const NODES = ["18", "20", "22", "24", "26"];

export const processes: readonly Consumer[] = [
  ...NODES.map((version) => onNodePackages(`Node.js ${version}`, join(BIN, `node${version}`, "bin", "node"))),
  onNodePackages("Bun", join(BIN, ".bin", "bun")),
  {
    name: "Deno",
    template: "deno",
    packages: ["@whisperr/deno"],
    async prove(project, proofs) {
      const deno = join(BIN, ".bin", "deno");
      const allowed = ["--allow-net=127.0.0.1", "--allow-env"];
      await delivers(proofs, "@whisperr/deno", async (api) => {
        await run(deno, ["run", "--node-modules-dir=manual", "--check", ...allowed, "main.ts", api.url], {
          cwd: project.folder,
          env: { WHISPERR_API_KEY: KEY },
        });
      });
    },
  },
];

function onNodePackages(name: string, binary: string): Consumer {
  return {
    name,
    template: "node",
    packages: [...Object.keys(PROGRAMS), "@whisperr/browser"],
    async prove(project, proofs) {
      for (const [sdk, files] of Object.entries(PROGRAMS))
        for (const file of files)
          await delivers(proofs, sdk, (api) => program(project, binary, file, api.url));
      for (const file of RENDERED) await program(project, binary, file, "http://127.0.0.1:9");
      loads(proofs, "@whisperr/browser");
    },
  };
}

async function program(project: Project, binary: string, file: string, baseUrl: string): Promise<void> {
  const env = { API_URL: baseUrl, WHISPERR_API_KEY: KEY };
  const printed = await run(binary, [file], { cwd: project.folder, env });
  if (printed !== "") throw new Error(`${file} complained:\n${printed}`);
}
