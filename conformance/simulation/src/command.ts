/** The command line of the simulation: many seeds, one again, or the fleet. Ends with 1 when a world fails. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { fleetPage } from "./fleet/fleet-page.ts";
import { FLEET_CLIENTS, fleetLine, runFleet } from "./fleet/run-fleet.ts";
import { createProgress, summaryLines } from "./progress.ts";
import { keepRegression, type Regression, readRegression } from "./regressions.ts";
import { runSeeds, type SeedFailure } from "./run-seeds.ts";
import { drawScript, KINDS, type Kind, type Script, simulate } from "./script.ts";
import { failureOf, shrink } from "./shrink.ts";

interface Options {
  readonly seeds?: number;
  readonly from: number;
  readonly minutes?: number;
  readonly seed?: number;
  readonly kind?: Kind;
  readonly replay?: Regression;
  readonly fleet?: true;
}

/** When neither a number nor a time is given. */
const SEEDS = 1000;

/** More failures than this are one mistake, shown often enough. */
const MAX_SHRUNK = 3;

/** What is said of many worlds. */
const MANY = ["seeds", "from", "minutes"];

/** Of a line of a replay: whole batches would hide what happens. */
const MAX_LINE = 300;

const print = (text: string) => void process.stdout.write(text);

/** `simulate`, as a command of its own or of another. It throws commander's CommanderError after it has told what is wrong, or has shown the help. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("Simulates worlds of clients, servers and trouble, in virtual time; each seed is one world.")
    .option(
      "--seeds <count>",
      `how many worlds (default: ${SEEDS}, or as many as fit into --minutes)`,
      oneOrMore,
    )
    .option("--from <seed>", "the first of them", wholeNumber, 1)
    .option("--minutes <count>", "no world begins later than this", positive)
    .addOption(
      new Option("--seed <seed>", "one world, and everything that happens in it")
        .argParser(wholeNumber)
        .conflicts(MANY),
    )
    .addOption(
      new Option("--replay <file>", "the world of such a file, and everything that happens in it")
        .argParser(regression)
        .conflicts([...MANY, "seed", "kind"]),
    )
    .addOption(
      new Option("--fleet", `${FLEET_CLIENTS} clients through an outage of ten minutes`).conflicts([
        ...MANY,
        "seed",
        "kind",
        "replay",
      ]),
    )
    .addOption(new Option("--kind <kind>", "only worlds of this kind").choices(KINDS))
    .exitOverride()
    .action(run);
}

async function run(options: Options): Promise<void> {
  if (options.fleet) fleet();
  else if (options.replay !== undefined) await replay(options.replay.script);
  else if (options.seed !== undefined) await replay(drawScript(options.seed, options.kind));
  else await runMany(options);
}

async function runMany({ seeds, from, minutes, kind }: Options): Promise<void> {
  const progress = createProgress(print, process.stdout.isTTY === true);
  const nowMs = () => performance.now();
  const summary = await runSeeds({
    from,
    seeds: seeds ?? (minutes === undefined ? SEEDS : Number.MAX_SAFE_INTEGER),
    kind,
    nowMs,
    untilMs: minutes === undefined ? undefined : nowMs() + minutes * 60_000,
    onProgress: progress,
  });
  for (const line of summaryLines(summary)) print(`${line}\n`);
  if (summary.failures.length === 0) return;
  process.exitCode = 1;
  for (const failure of summary.failures.slice(0, MAX_SHRUNK)) await keep(failure, kind);
}

/** What a failing seed leaves: how to see it again, and a small world for the tests. */
async function keep({ seed, message }: SeedFailure, kind: Kind | undefined): Promise<void> {
  const only = kind === undefined ? "" : ` --kind ${kind}`;
  print(`\nseed ${seed}: ${message}\n  replay: npx whisperr-conformance simulate --seed ${seed}${only}\n`);
  const drawn = drawScript(seed, kind);
  const script = await shrink(drawn);
  const file = keepRegression(`${script.kind}-${seed}`, {
    what: (await failureOf(script)) ?? message,
    script,
  });
  print(`  shrunk: ${drawn.actions.length} actions to ${script.actions.length}, kept as ${file}\n`);
}

async function replay(script: Script): Promise<void> {
  print(`${script.kind} ${JSON.stringify(script.settings)}\n`);
  try {
    const { events, elapsedMs } = await simulate(script, (line) => print(`${line.slice(0, MAX_LINE)}\n`));
    print(`passed: ${events} events in ${elapsedMs / 1000} virtual seconds\n`);
  } catch (error) {
    print(`FAILED: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

function fleet(): void {
  const report = runFleet(FLEET_CLIENTS, (run) => print(`${fleetLine(run)}\n`));
  const folder = join(import.meta.dirname, "..", "..", "reports");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "fleet.html");
  writeFileSync(file, fleetPage(report));
  print(`the curves: ${relative(process.cwd(), file)}\n`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** A run of no worlds would pass. */
function oneOrMore(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It must be 1 or more.");
  return value;
}

function regression(file: string): Regression {
  let read: Regression;
  try {
    read = readRegression(file);
  } catch (error) {
    throw new InvalidArgumentError(String(error));
  }
  if (!KINDS.includes(read?.script?.kind)) throw new InvalidArgumentError("It holds no world.");
  return read;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be more than 0.");
  return value;
}
