/** Servers that an app team starts by their own commands: Next.js with both routers, and wrangler. */
import { join } from "node:path";
import type { Project } from "../project.ts";
import { delivers } from "../proof.ts";
import { run, runUntil } from "../run.ts";
import { type Consumer, delivered, KEY } from "./consumer.ts";

/** For an event that never comes; how long it took is not judged. */
const ARRIVES_WITHIN_MS = 60_000;

const READY = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/;

export const servers: readonly Consumer[] = [
  {
    name: "Next.js",
    template: "next",
    packages: ["@whisperr/browser", "@whisperr/edge"],
    async prove(project, proofs, tools) {
      const next = binOf(project, "next");
      await run(next, ["build"], { cwd: project.folder });
      await delivers(proofs, "@whisperr/edge", (api) =>
        whileUp(
          project,
          next,
          ["start", "-p", "0"],
          { API_URL: api.url, WHISPERR_API_KEY: KEY },
          async (site) => {
            await fetch(`${site}/api/installed`, { method: "POST" });
            await api.waitForAnswers(1, ARRIVES_WITHIN_MS);
          },
        ),
      );
      for (const path of ["/", "/legacy"])
        await delivers(proofs, "@whisperr/browser", (api) =>
          whileUp(project, next, ["start", "-p", "0"], {}, async (site) => {
            await tools.withPage(`${site}${path}?api=${encodeURIComponent(api.url)}`, delivered);
          }),
        );
    },
  },
  {
    name: "wrangler",
    template: "worker",
    packages: ["@whisperr/edge"],
    async prove(project, proofs) {
      await delivers(proofs, "@whisperr/edge", (api) => {
        const vars = ["--var", `WHISPERR_API_KEY:${KEY}`, "--var", `API_URL:${api.url}`];
        return whileUp(
          project,
          binOf(project, "wrangler"),
          ["dev", "--port", "0", "--ip", "127.0.0.1", ...vars],
          {},
          async (site) => {
            await fetch(site);
            await api.waitForAnswers(1, ARRIVES_WITHIN_MS);
          },
        );
      });
    },
  },
];

function binOf(project: Project, tool: string): string {
  return join(project.folder, "node_modules", ".bin", tool);
}

async function whileUp(
  project: Project,
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  use: (site: string) => Promise<void>,
): Promise<void> {
  const server = await runUntil(READY, program, args, { cwd: project.folder, env });
  try {
    await use(`http://127.0.0.1:${server.match[1]}`);
  } finally {
    await server.stop();
  }
}
