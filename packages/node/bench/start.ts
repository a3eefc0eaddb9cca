/**
 * The price of an app's start: to import the package and make a client, against an import of `node:crypto`. Run by itself, it sets two
 * builds of the package beside each other: `node bench/start.ts FOLDER_OF_THE_OTHER_PACKAGE [PATH_OF_A_NODE]`.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

const ROUNDS = 31;
/** Each way round as often: what comes second finds a warmer machine. */
const PAIRS = 60;
const PACKAGE = join(import.meta.dirname, "..");

/** A program that says what CPU time it took, in µs, from where it has started until `run` is over. */
const measured = (run: string) => `
  const from = process.cpuUsage();
  ${run};
  const { user, system } = process.cpuUsage(from);
  console.log(user + system);
`;
/** What Node needs to load anything in that way is loaded before. */
const asModule = (run: string) => [
  "--input-type=module",
  "--eval",
  `await import("data:text/javascript,");${measured(run)}`,
];
const asCommonJs = (run: string) => [
  "--input-type=commonjs",
  "--eval",
  `require("./package.json");${measured(run)}`,
];
const CREATE = `createWhisperr({ apiKey: "wrk_bench" })`;
const IMPORTED = asModule(`(await import("@whisperr/node")).${CREATE}`);
const REQUIRED = asCommonJs(`require("@whisperr/node").${CREATE}`);
const CRYPTO = asModule(`await import("node:crypto")`);

function cpuUs(args: readonly string[], cwd = PACKAGE, node = process.execPath): number {
  // Without a cache of compiled code, as the first start of a container has none.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" };
  return Number(execFileSync(node, args, { cwd, env, encoding: "utf8" }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Medians, in ms. Both in turn, so that both have the same machine. */
export function measureStart(): { startMs: number; toCrypto: number } {
  const whisperr: number[] = [];
  const crypto: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    whisperr.push(cpuUs(IMPORTED));
    crypto.push(cpuUs(CRYPTO));
  }
  return { startMs: median(whisperr) / 1000, toCrypto: median(whisperr) / median(crypto) };
}

/** Medians of the CPU time, in ms, and of the quotients of the pairs. */
function compare(args: readonly string[], other: string, node: string) {
  const here: number[] = [];
  const there: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    if (pair % 2 === 0) there.push(cpuUs(args, other, node));
    here.push(cpuUs(args, PACKAGE, node));
    if (pair % 2 === 1) there.push(cpuUs(args, other, node));
  }
  const quotients = here.map((value, pair) => value / (there[pair] as number));
  const ms = (values: readonly number[]) => Number((median(values) / 1000).toFixed(2));
  return {
    "other, ms": ms(there),
    "this, ms": ms(here),
    "this ÷ other": Number(median(quotients).toFixed(3)),
  };
}

if (import.meta.main) {
  const [, , other, node = process.execPath] = process.argv;
  if (!other) throw new Error("Say which other package: node bench/start.ts FOLDER [NODE]");
  const folder = resolve(other);
  console.table({ import: compare(IMPORTED, folder, node), require: compare(REQUIRED, folder, node) });
}
