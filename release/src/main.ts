/** `npm run release:check`: rehearses a release, from its versions to every kind of consumer. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BREAKAGES, type Breakage, stageBroken } from "./broken.ts";
import { CONSUMERS, rehearse } from "./rehearse.ts";
import { stageRelease } from "./stage.ts";
import { type Row, table } from "./table.ts";

const USAGE = `npm run release:check [-- options]

  --only NAME   takes this consumer; may be given several times
  --list        names the consumers
  --broken      breaks a package in five ways, and shows that its consumer fails`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    list: { type: "boolean" },
    broken: { type: "boolean" },
    help: { type: "boolean" },
  },
});

const names = CONSUMERS.map(({ name }) => name);
const asked = values.only ?? names;
const unknown = asked.filter((name) => !names.includes(name));
const startedMs = performance.now();

if (values.help) console.log(USAGE);
else if (values.list) console.log(names.join("\n"));
else if (unknown.length > 0) refuse();
else process.exitCode = (await inFolder(values.broken ? showBroken : check)) ? 0 : 1;

function refuse(): void {
  console.error(
    `No consumer is called ${unknown.map((name) => `"${name}"`).join(", ")}. There are:\n${names.join("\n")}`,
  );
  process.exitCode = 2;
}

async function check(folder: string): Promise<boolean> {
  const stage = await stageRelease(folder, say);
  const consumers = CONSUMERS.filter(({ name }) => asked.includes(name));
  const rows = await rehearse(stage, folder, consumers, say).finally(() => stage.registry.close());
  const failed = rows.filter(isFailed);
  console.log(`\n${stage.packages.length} packages at ${stage.version}\n\n${table(rows, stage.packages)}\n`);
  for (const { consumer, failure } of failed) console.error(`✘ ${consumer}: ${failure}\n`);
  console.log(`${rows.length - failed.length} consumers proven, ${failed.length} failed`);
  return failed.length === 0;
}

async function showBroken(folder: string): Promise<boolean> {
  let noticed = 0;
  for (const [index, breakage] of BREAKAGES.entries()) {
    say(`@whisperr/${breakage.sdk} ${breakage.name}`);
    const failure = await failureOf(breakage, join(folder, String(index)));
    console.log(
      failure === undefined
        ? `✘ ${breakage.consumer} noticed nothing`
        : `✔ ${breakage.consumer} fails: ${failure.split("\n").slice(0, 4).join("\n    ")}`,
    );
    if (failure !== undefined) noticed++;
  }
  console.log(`\n${noticed} of ${BREAKAGES.length} broken packages were noticed`);
  return noticed === BREAKAGES.length;
}

async function failureOf(breakage: Breakage, folder: string): Promise<string | undefined> {
  const stage = await stageBroken(folder, ["core", "node", "browser", "edge", "deno"], breakage);
  const consumers = CONSUMERS.filter(({ name }) => name === breakage.consumer);
  const rows = await rehearse(stage, folder, consumers, () => {}).finally(() => stage.registry.close());
  return rows.find(isFailed)?.failure;
}

function isFailed({ failure }: Row): boolean {
  return failure !== undefined;
}

async function inFolder(use: (folder: string) => Promise<boolean>): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "whisperr-release-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
}
