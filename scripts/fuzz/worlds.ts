/** Random worlds of the simulation, in a process of their own. */
import { fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { SliceNews } from "../../conformance/simulation/src/fuzz-slice.ts";
import type { Job } from "./job.ts";

const SLICE = join(import.meta.dirname, "..", "..", "conformance", "simulation", "src", "fuzz-slice.ts");

/** The largest seed that a slice begins with. */
const MAX_SEED = 2 ** 40;

/** Nothing was heard for this long: the world does not end. Far more than a whole slice needs on a busy machine. */
const SILENCE_LIMIT_MS = 120_000;

/** Of servers, pages or isolates. */
export function worldsOf(kind: string): Job {
  return (ms, tell) => {
    const child = fork(SLICE, [kind, String(randomInt(MAX_SEED)), String(ms)], {
      execArgv: ["--conditions=@whisperr/source"],
    });
    const replay = (seed: number) => `npx whisperr-conformance simulate --kind ${kind} --seed ${seed}`;
    let last: SliceNews = { worlds: 0, known: 0, seed: 0 };
    let silence = setTimeout(stop, SILENCE_LIMIT_MS);

    function stop(): void {
      const what = `nothing was heard of the world for ${SILENCE_LIMIT_MS / 1000} s`;
      tell({ runs: 0, known: 0, finding: { what, replay: replay(last.seed) } });
      child.kill("SIGKILL");
    }

    child.on("message", (message) => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_LIMIT_MS);
      const { worlds, known, seed, finding } = message as SliceNews;
      tell({
        runs: worlds - last.worlds,
        known: known - last.known,
        ...(finding && { finding: { ...finding, replay: replay(finding.seed) } }),
      });
      last = { worlds, known, seed };
    });
    return new Promise((resolve) => {
      child.on("close", (code) => {
        clearTimeout(silence);
        // Killed by `stop`, which has told why.
        if (code !== 0 && code !== null) {
          const what = `the process ended with ${code}`;
          tell({ runs: 0, known: 0, finding: { what, replay: replay(last.seed) } });
        }
        resolve();
      });
    });
  };
}
