/**
 * `npm run fuzz -- --minutes M [--kind K]`: what `npm test` does with fixed seeds, with random ones, on all cores. The exit code
 * is 1 when something new was found; it is shrunk, and kept as a file for a person to understand, mend and commit.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Finding, Job, News } from "./fuzz/job.ts";
import { models } from "./fuzz/models.ts";
import { worldsOf } from "./fuzz/worlds.ts";

const JOBS: { readonly [kind: string]: Job } = {
  servers: worldsOf("servers"),
  pages: worldsOf("pages"),
  isolates: worldsOf("isolates"),
  models,
};

/** Each kind gets a core for this long, then the next one does. */
const MAX_SLICE_MS = 30_000;
const PROGRESS_EVERY_MS = 10_000;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "5" }, kind: { type: "string", multiple: true } },
});
const minutes = Number(values.minutes);
const kinds = values.kind ?? Object.keys(JOBS);
if (!(minutes > 0)) fail(`--minutes must be a number above 0 (got ${values.minutes})`);
for (const kind of kinds)
  if (!(kind in JOBS)) fail(`--kind must be one of ${Object.keys(JOBS).join(", ")} (got ${kind})`);

const cores = availableParallelism();
const startedMs = performance.now();
const endMs = startedMs + minutes * 60_000;
const sliceMs = Math.min(MAX_SLICE_MS, (minutes * 60_000 * cores) / kinds.length);
const counts = new Map(kinds.map((kind) => [kind, { runs: 0, known: 0 }]));
const findings: (Finding & { readonly kind: string })[] = [];
let next = 0;

const progress = setInterval(() => console.log(progressLine()), PROGRESS_EVERY_MS);
await Promise.all(Array.from({ length: cores }, work));
clearInterval(progress);
console.log(progressLine());
for (const { kind, replay } of findings) console.log(`new: ${kind}: ${replay}`);
console.log(`fuzz: ${findings.length === 0 ? "nothing new" : `${findings.length} new`}`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** One core: a slice of one kind after the other. */
async function work(): Promise<void> {
  while (performance.now() < endMs) {
    const kind = kinds[next++ % kinds.length] ?? "";
    const leftMs = endMs - performance.now();
    await JOBS[kind]?.(Math.min(sliceMs, leftMs), (news) => hear(kind, news));
  }
}

function hear(kind: string, { runs, known, finding }: News): void {
  const before = counts.get(kind) ?? { runs: 0, known: 0 };
  counts.set(kind, { runs: before.runs + runs, known: before.known + known });
  if (finding === undefined) return;
  findings.push({ kind, ...finding });
  console.log(`\nnew, ${kind}: ${finding.what}\n  replay: ${finding.replay}`);
  if (finding.file !== undefined) console.log(`  shrunk, and kept as ${finding.file}`);
}

function progressLine(): string {
  const parts = [...counts].map(([kind, { runs, known }]) => {
    const failed = known === 0 ? "" : ` (${known} failed as known)`;
    return `${runs.toLocaleString("en")} ${kind}${failed}`;
  });
  const passedMinutes = (performance.now() - startedMs) / 60_000;
  return `${passedMinutes.toFixed(1)} of ${minutes} min: ${parts.join(", ")}; ${findings.length} new`;
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}
