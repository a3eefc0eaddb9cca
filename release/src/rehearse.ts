/** Has every consumer install the staged release, and prove it. */
import { type Browser, launchBrowser } from "@whisperr/conformance-browsers";
import { bundlers } from "./consumers/bundlers.ts";
import type { Consumer, Tools } from "./consumers/consumer.ts";
import { processes } from "./consumers/processes.ts";
import { servers } from "./consumers/servers.ts";
import { testRunners } from "./consumers/test-runners.ts";
import { compilers } from "./consumers/typescript.ts";
import { installProject, type Project } from "./project.ts";
import type { Stage } from "./stage.ts";
import type { Row } from "./table.ts";

export const CONSUMERS: readonly Consumer[] = [
  ...processes,
  ...compilers,
  ...bundlers,
  ...servers,
  ...testRunners,
];

export async function rehearse(
  stage: Stage,
  folder: string,
  consumers: readonly Consumer[],
  say: (line: string) => void,
): Promise<Row[]> {
  const installed = new Map<string, Promise<Project>>();
  const installFor = ({ template }: Consumer) => {
    const packages = new Set(
      consumers.filter((other) => other.template === template).flatMap((other) => other.packages),
    );
    const project = installed.get(template) ?? installProject(stage, folder, template, [...packages]);
    installed.set(template, project);
    return project;
  };
  let browser: Promise<Browser> | undefined;
  const tools: Tools = {
    async withPage(url, use) {
      browser ??= launchBrowser("chromium");
      const page = await (await browser).newPage(url);
      try {
        return await use(page);
      } finally {
        await page.close();
      }
    },
  };
  const rows: Row[] = [];
  try {
    for (const [index, consumer] of consumers.entries()) {
      say(`[${index + 1}/${consumers.length}] ${consumer.name}`);
      rows.push(await rowOf(consumer, () => installFor(consumer), tools));
    }
  } finally {
    await (await browser)?.close();
  }
  return rows;
}

async function rowOf(consumer: Consumer, install: () => Promise<Project>, tools: Tools): Promise<Row> {
  const { name, packages, prove } = consumer;
  const proofs = new Map();
  const startedMs = performance.now();
  const row = () => ({ consumer: name, packages, proofs, seconds: (performance.now() - startedMs) / 1_000 });
  try {
    await prove(await install(), proofs, tools);
    const missing = packages.filter((sdk) => !proofs.has(sdk));
    return missing.length === 0
      ? row()
      : { ...row(), failure: `nothing was proven of ${missing.join(", ")}` };
  } catch (error) {
    return { ...row(), failure: error instanceof Error ? error.message : String(error) };
  }
}
