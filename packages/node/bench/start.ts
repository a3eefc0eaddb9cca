/** The price of an app's start: to import the package and make a client, against an import of `node:crypto`. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROUNDS = 31;

/** A process that says what CPU time it took, in µs, from where it has started until `program` has run. */
const measured = (program: string) => `
  await import("data:text/javascript,");
  const from = process.cpuUsage();
  ${program};
  const { user, system } = process.cpuUsage(from);
  console.log(user + system);
`;
const PROGRAMS = {
  whisperr: `(await import("@whisperr/node")).createWhisperr({ apiKey: "wrk_bench" })`,
  crypto: `await import("node:crypto")`,
};

function cpuUs(program: string): number {
  const args = ["--input-type=module", "--eval", measured(program)];
  // Without a cache of compiled code, as the first start of a container has none.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" };
  return Number(
    execFileSync(process.execPath, args, { cwd: join(import.meta.dirname, ".."), env, encoding: "utf8" }),
  );
}

/** Medians, in ms. Both in turn, so that both have the same machine. */
export function measureStart(): { startMs: number; toCrypto: number } {
  const whisperr: number[] = [];
  const crypto: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    whisperr.push(cpuUs(PROGRAMS.whisperr));
    crypto.push(cpuUs(PROGRAMS.crypto));
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[ROUNDS >> 1] as number;
  return { startMs: median(whisperr) / 1000, toCrypto: median(whisperr) / median(crypto) };
}
