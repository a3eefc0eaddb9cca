/**
 * `npm run demo`: an ingestion API and a shop as processes of their own, real traffic, real failures, and figures
 * that must agree. Exits 0 only when they do. `--seed n` changes the traffic.
 */
import { parseArgs } from "node:util";
import { total } from "./counts.ts";
import { runCourse, TOTAL_REQUESTS } from "./course.ts";
import { createIngestionControl, type IngestionControl, startIngestion } from "./ingestion-control.ts";
import { runJobs } from "./jobs.ts";
import { createProcessGroup, type ProcessGroup } from "./processes.ts";
import { createProgress, type Progress } from "./progress.ts";
import { reconcile } from "./reconcile.ts";
import { reportTables } from "./report-table.ts";
import { type Shop, startShop } from "./shop.ts";
import { readTimeline } from "./timeline.ts";
import { timelineDifferences, timelineReport } from "./timeline-report.ts";
import { createTraffic, type Traffic } from "./traffic.ts";
import { CUSTOMER, runVisit } from "./visit.ts";

/** The course takes about 15 s, the customer's timeline as long at most; whatever hangs must not hang for ever. */
const GIVE_UP_AFTER_MS = 80_000;
const REFRESH_MS = 200;
/** The ingestion API takes any key it was started with; this one opens nothing else. */
const DEMO_KEY = "wrk_demo";

const startedAtMs = performance.now();
const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });

const processes = createProcessGroup(fail);
process.on("exit", () => processes.killAll());
for (const [signal, number] of [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const) {
  process.on(signal, () => process.exit(128 + number));
}
const giveUp = setTimeout(() => fail(`not finished after ${GIVE_UP_AFTER_MS / 1_000} s`), GIVE_UP_AFTER_MS);

try {
  process.exitCode = await runDemo(processes, Number(values.seed));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
} finally {
  clearTimeout(giveUp);
}

async function runDemo(group: ProcessGroup, seed: number): Promise<number> {
  const api = await startIngestion(group, ["--key", DEMO_KEY]);
  const shop = await startShop(group, { WHISPERR_API_KEY: DEMO_KEY, WHISPERR_BASE_URL: api.url });
  console.log(`ingestion API ${api.url}, shop ${shop.url}`);

  const ingestion = createIngestionControl(api.controlUrl);
  const traffic = createTraffic(shop.url);
  const progress = createProgress(TOTAL_REQUESTS, process.stdout);
  const watch = watchProgress(shop, ingestion, traffic, progress);
  const evidence = await runCourse({ shop, ingestion, traffic, progress }, seed).finally(watch.stop);

  const reconciliation = reconcile(evidence);
  console.log(reportTables(evidence, reconciliation));
  await api.stop();
  const wrong = await showCustomer(group);
  console.log(`${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
  return reconciliation.differences.length + wrong.length === 0 ? 0 : 1;
}

/** One customer on every runtime, on an ingestion API of its own so that both sets of figures stay exact. */
async function showCustomer(group: ProcessGroup): Promise<readonly string[]> {
  const api = await startIngestion(group, ["--key", DEMO_KEY, "--cors"]);
  const visit = await runVisit(group, api, DEMO_KEY);
  await runJobs(api, DEMO_KEY, CUSTOMER);
  const timeline = await readTimeline(api.controlUrl, CUSTOMER);
  await api.stop();
  console.log(timelineReport(visit, timeline));
  return timelineDifferences(visit, timeline);
}

/** Refreshes the progress from both processes. The shop goes away at the end; its last figure then stays. */
function watchProgress(shop: Shop, ingestion: IngestionControl, traffic: Traffic, progress: Progress) {
  let queued = 0;
  let stored = 0;
  async function refresh(): Promise<void> {
    queued = (await shop.report().catch(() => undefined))?.whisperr.pending ?? queued;
    stored = total((await ingestion.figures()).stored);
    progress.update({ answered: traffic.answered.length, queued, stored });
  }
  // The ingestion API outlives the course; if it does not, the process group says so, in better words.
  const timer = setInterval(() => refresh().catch(() => undefined), REFRESH_MS);
  return {
    stop() {
      clearInterval(timer);
      progress.stop();
    },
  };
}

function fail(message: string): never {
  console.error(`demo failed: ${message}`);
  process.exit(1);
}
